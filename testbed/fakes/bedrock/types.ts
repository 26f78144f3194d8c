import type { Behaviours } from './behaviours';
import type { Fault } from './faults';
import type { TokenCounts } from './output';
import type { Departure } from './replay/replay';
import type { TextRole, Violation } from './rules';

/** One event, or a run of the same one: audio comes by the thousand. */
export interface LoggedEvents {
  readonly name: string;
  count: number;
  /** Payload bytes as they came in, or message bytes as they went out. */
  bytes: number;
  /** Milliseconds since the stream was opened: of the first of the run, and of its last. */
  readonly atMs: number;
  lastAtMs: number;
}

export interface ToolUseSent {
  readonly toolUseId: string;
  readonly atMs: number;
  readonly answeredAtMs?: number;
}

/** How a session ended. */
export type Ended =
  /** sessionEnd, in order. */
  | { readonly kind: 'completed' }
  /** The sandbox refused something the client did, or a limit was reached. */
  | { readonly kind: 'refused'; readonly type: string; readonly message: string }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** The client ended its request without sessionEnd. */
  | { readonly kind: 'client-ended' }
  /** The client reset the stream or its connection is gone. */
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'sandbox-closed' };

/** What happened in one session; grows while it lasts. */
export interface FakeSession {
  readonly id: string;
  readonly modelId: string;
  readonly behaviours: Behaviours;
  /** Milliseconds since 1970, with a fraction, by the clock of `performance`. */
  readonly openedAtMs: number;
  readonly voiceId: string | undefined;
  readonly toolNames: readonly string[];
  readonly inputEvents: readonly LoggedEvents[];
  readonly outputEvents: readonly LoggedEvents[];
  /** Texts given to it: system prompt, history (not interactive), typed (interactive). */
  readonly texts: readonly { readonly role: TextRole; readonly interactive: boolean; readonly text: string }[];
  /** Tool uses sent, with when each was, and was answered, by `performance.now()`. */
  readonly toolUses: readonly ToolUseSent[];
  readonly toolResults: readonly { readonly toolUseId: string; readonly content: string }[];
  readonly violations: readonly Violation[];
  /** When the client was sent a sign of the caller's speech: userSpeechStart, an interruption, the words. By `performance.now()`. */
  readonly toldOfSpeechAtMs: readonly number[];
  /** What was made to go wrong. */
  readonly faults: readonly Fault[];
  /** Nothing while it lasts. */
  readonly endedWith: Ended | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>;
  /** Where the client did otherwise than in the recording that is played to it, the first first. */
  readonly departures: readonly Departure[];
  /** The line of the recording that is played next; Infinity when none is left, or none is played. */
  readonly playedTo: number;
  /** True while it speaks, or would still be heard speaking. */
  readonly speaking: boolean;
  /** What there is to bill, reported or not; nothing before the prompt has begun. */
  readonly used: TokenCounts | undefined;
  /** All that it heard, 16 kHz mono. */
  heardPcm16k(): Int16Array;
  /** Makes something go wrong now. */
  fail(fault: Fault): void;
}

/** A log of events in which runs are merged. */
export class EventLog {
  readonly entries: LoggedEvents[] = [];

  add(name: string, bytes: number, atMs: number): void {
    const last = this.entries.at(-1);
    if (last?.name === name) {
      last.count += 1;
      last.bytes += bytes;
      last.lastAtMs = atMs;
    } else {
      this.entries.push({ name, count: 1, bytes, atMs, lastAtMs: atMs });
    }
  }
}
