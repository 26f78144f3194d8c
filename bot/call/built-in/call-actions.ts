/** What a built-in tool may do with the call that it was made for. */
export interface CallActions {
  /** Whether another tool is at work. */
  readonly isBusy: () => boolean;
  /** Ends the call once the goodbye that follows has been heard. */
  readonly hangUp: () => void;
  /** Gives the call to another agent. @param reason why, in the model's words */
  readonly handOver: (to: string, reason: string) => void;
  /** Where people are, by the names of destinations. */
  readonly destinations: ReadonlyMap<string, string>;
  /** Connects the caller with an address; undefined: this call's transport cannot. */
  readonly transfer: ((address: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Later tools are given this value among the call's variables. */
  readonly keep: (name: string, value: string) => void;
  /** The next keys that the caller presses are this value, and told nobody else; undefined: nothing is wanted any more. */
  readonly takeKeys: (keys: WantedKeys | undefined) => void;
}

/** Digits that the caller is to press. */
export interface WantedKeys {
  /** The tool's name, under which they are kept. */
  readonly name: string;
  /** What is asked for, in the agent's language. */
  readonly asks: string;
  readonly least: number;
  readonly most: number;
}
