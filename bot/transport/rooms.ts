import type { CallTransport, MachineReached } from './transport';

/** Where a caller goes to meet the bot. */
export interface Entrance {
  readonly url: string;
  /** Belongs to this room and this caller; a secret. */
  readonly token: string;
}

/** A telephone call that the service holds, with music, until a room is there for it. Both are the service's names. */
export interface HeldCall {
  readonly callId: string;
  readonly callDomain: string;
  /** By the process's clock. */
  readonly rangAtMs: number;
}

/** A telephone that the service rings from a room. */
export interface DialledCall {
  /** E.164. */
  readonly to: string;
  /** The service's name of the number that is shown. */
  readonly callerId: string;
  /** It rings so long at most. */
  readonly ringMs: number;
  /** In the words of a carrier: once when somebody has answered, once when nobody has or will be there. */
  onOutcome(outcome: 'in-progress' | 'no-answer' | 'failed'): void;
  /** The model has noticed that a machine answered. */
  reachedMachine(): MachineReached;
}

/** Rooms of a service, which the bot joins as a participant. */
export interface CallRooms {
  /**
   * Makes a room and a place for the bot in it; the transport is the caller's of this, to be started and closed.
   * @throws BotError `at_capacity` under too much load, `transport_unavailable`, or why there can be no room
   */
  open(): Promise<{ readonly transport: CallTransport; readonly entrance: Entrance }>;
  /**
   * Makes a room for a telephone call; left out by a service that cannot. The transport puts the call through once the bot
   * is in the room, and starts when the caller is.
   * @throws BotError as `open` does
   */
  answer?(call: HeldCall): Promise<CallTransport>;
  /**
   * Makes a room to ring a telephone from; left out by a service that cannot. The transport rings once the bot is in the
   * room, and starts when somebody has answered.
   * @throws BotError as `open` does
   */
  dial?(call: DialledCall): Promise<CallTransport>;
  /** Whether rooms can be had, as far as this process knows without asking anybody. */
  readonly health: RoomsHealth;
  /** Asks the service. Never rejects. */
  check(): Promise<RoomsHealth>;
  /** Idempotent. Called when no call is left. */
  close(): Promise<void>;
}

/** `detail` is fit for anybody's eyes. `busy` says why one more call would be too many just now. */
export interface RoomsHealth {
  readonly ok: boolean;
  readonly detail: string;
  readonly busy?: string;
}
