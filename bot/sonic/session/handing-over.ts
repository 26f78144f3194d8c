import type { Effect } from '../protocol/output-reducer';
import type { SessionOptions } from '../speech-model';

/** So long at most the caller is let finish before another takes over. */
const LET_FINISH_MS = 3_000;
/** What the stream that is left still tells: what the caller says, and what it cost. */
const STILL_TOLD: ReadonlySet<Effect['type']> = new Set<Effect['type']>([
  'caller-heard',
  'caller-finished',
  'interrupted',
  'usage',
  'ignored',
]);

type Progress =
  | { readonly kind: 'none' }
  /** The next stream is being opened. */
  | { readonly kind: 'asked'; readonly successor: SessionOptions; readonly sinceMs: number }
  /** It has the conversation, and has been sent no audio yet. */
  | { readonly kind: 'taken' };

/** How far the giving of a conversation to another agent is. No I/O. */
export class HandingOver {
  readonly #failsAfterMs: number;
  #progress: Progress = { kind: 'none' };

  #options: SessionOptions;

  /**
   * @param options of the agent who has the conversation
   * @param failsAfterMs the next stream is not waited for any longer
   */
  constructor(options: SessionOptions, failsAfterMs: number) {
    this.#options = options;
    this.#failsAfterMs = failsAfterMs;
  }

  /** The stream that carries the conversation is to be left. */
  get isAsked(): boolean {
    return this.#progress.kind === 'asked';
  }

  /** As streams are opened for whoever has the conversation. */
  get options(): SessionOptions {
    return this.#options;
  }

  asked(successor: SessionOptions, nowMs: number): void {
    this.#progress = { kind: 'asked', successor, sinceMs: nowMs };
  }

  /** The next stream has the conversation. @returns whether it is the successor's */
  taken(): boolean {
    if (this.#progress.kind !== 'asked') return false;
    this.#options = this.#progress.successor;
    this.#progress = { kind: 'taken' };
    return true;
  }

  /** The successor has the conversation, and has been sent no audio yet. */
  get isTaken(): boolean {
    return this.#progress.kind === 'taken';
  }

  /** Audio flows again. @returns whether that ends a handover */
  flows(): boolean {
    if (this.#progress.kind !== 'taken') return false;
    this.#progress = { kind: 'none' };
    return true;
  }

  /** What the stream says: that which still counts, and the rest. */
  sorted(effects: readonly Effect[]): { readonly heeded: readonly Effect[]; readonly unheeded: readonly Effect[] } {
    if (!this.isAsked) return { heeded: effects, unheeded: [] };
    return { heeded: effects.filter(stillCounts), unheeded: effects.filter((effect) => !stillCounts(effect)) };
  }

  /** Whether the next stream may take over, though nobody waits for a calm moment. */
  mayBeTaken(nowMs: number, isCallerSpeaking: boolean): boolean {
    if (this.#progress.kind !== 'asked') return false;
    return !isCallerSpeaking || nowMs - this.#progress.sinceMs >= LET_FINISH_MS;
  }

  /** No other stream came in time: this one goes on. @returns whether that is now */
  failed(nowMs: number): boolean {
    if (this.#progress.kind !== 'asked' || nowMs - this.#progress.sinceMs < this.#failsAfterMs) return false;
    this.#progress = { kind: 'none' };
    return true;
  }
}

const stillCounts = (effect: Effect): boolean =>
  STILL_TOLD.has(effect.type) || (effect.type === 'transcript' && effect.transcript.role === 'user');
