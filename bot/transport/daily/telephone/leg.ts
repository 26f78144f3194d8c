/** The way of a telephone into a room. Each of these is told, whether or not it means something for this way. */
export interface Leg {
  /** The bot is in the room. */
  joined(): void;
  /** The room can be called. */
  ready(): Promise<void>;
  /** Somebody has taken up a telephone that was rung. */
  answered(): void;
  /** Daily has lost the call, nobody took it, or it was hung up. */
  failed(): void;
  /** Who is in the room may be spoken to. */
  readonly mayTalk: boolean;
  /** They are, or the call is over. Idempotent. */
  stop(): void;
}
