import type { Recording } from '../../smoke/caller';
import type { Synthesiser } from '../../testbed/speech';
import type { Transport } from '../figures';
import type { CallerPace, Line } from '../run';
import type { CallersLine } from '../scenario';

/** A call that is to be made. */
export interface CallRequest {
  /** Where the bot is. */
  readonly baseUrl: string;
  readonly agent: string;
  /** Opens the start of calls where a bot asks for it. */
  readonly startKey?: string | undefined;
  /** Of this machine, where the media of the caller comes from [127.0.0.1]. */
  readonly bindAddress?: string | undefined;
  readonly variables: Readonly<Record<string, string>> | undefined;
  /** What is wrong with the caller's line; undefined: nothing. */
  readonly line: CallersLine | undefined;
  /** Where `audio:` files are. */
  readonly folder: string;
  readonly synthesiser: Synthesiser;
}

/** What the model has spoken, where that is known: nobody is told it on a telephone. */
export interface SpokenPart {
  /** The voice that it was asked to speak with. */
  voiceOf(): string;
  /** Its sentences. */
  said(): readonly string[];
}

/** A line that is open, and what was heard on it. */
export interface OpenLine extends Line {
  /** When the line was open. */
  readonly readyMs: number;
  /** What the caller has spoken. */
  readonly said: readonly Recording[];
  /** How steadily the caller sent; undefined where it is not known. */
  readonly pace: CallerPace | undefined;
  heard(): Promise<Recording>;
  /** When a moment of what was heard came to the ear, by the clock. */
  earOf(heardMs: number): number;
  /** The same of a moment at which a sound ends. */
  earOfEnd(heardMs: number): number;
  /** What is wrong by whoever carries the call. */
  complaints(): readonly string[];
}

/** How callers reach the bot of a lane. */
export interface CallWay {
  readonly transport: Transport;
  /** Variables that the bot needs for it. */
  readonly variables: Readonly<Record<string, string>>;
  /** @throws RefusedError, or Error when the bot is not ready in time */
  open(request: CallRequest, spoken: SpokenPart): Promise<OpenLine>;
  /** Idempotent. */
  close(): Promise<void>;
}
