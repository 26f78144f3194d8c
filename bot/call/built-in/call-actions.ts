import type { MachineReached } from '../../transport/transport';

/** What a built-in tool may do with the call that it was made for. */
export interface CallActions {
  /** Whether another tool is at work. */
  readonly isBusy: () => boolean;
  /** Ends the call once the goodbye that follows has been heard. */
  readonly hangUp: () => void;
  /** Gives the call to another agent. @param reason why, in the model's words */
  readonly handOver: (to: string, reason: string) => void;
  /**
   * Connects the caller with a person once they have heard that it is coming.
   * @param to the destination's name @param summary what that person is told first
   */
  readonly transfer: (to: string, summary?: string) => TransferAsked;
  /** A machine answered whom the bot called, as the model has noticed; undefined: the caller called. */
  readonly reachedMachine?: (() => MachineReached) | undefined;
  /** Later tools are given this value among the call's variables. */
  readonly keep: (name: string, value: string) => void;
  /** The next keys that the caller presses are this value, and told nobody else; undefined: nothing is wanted any more. */
  readonly takeKeys: (keys: WantedKeys | undefined) => void;
  /** Nothing that the caller says is kept from now on. Returns whether that changes anything. */
  readonly stopRecording: () => boolean;
}

/** Whether a transfer is under way now, or why there can be none. */
export type TransferAsked = 'asked' | 'no-transport' | 'no-address';

/** Digits that the caller is to press. */
export interface WantedKeys {
  /** The tool's name, under which they are kept. */
  readonly name: string;
  /** What is asked for, in the agent's language. */
  readonly asks: string;
  readonly least: number;
  readonly most: number;
}
