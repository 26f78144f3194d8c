import type { Behaviours } from './behaviours';
import type { Reply } from './responder';

type ToolUse = Extract<Reply, { kind: 'use-tool' }>;
type Asked = Pick<ToolUse, 'tool' | 'argumentsJson'>;

/** So much audio is let pass while a result is awaited, where audio is refused. */
const TOLERATED_MS = 300;

/** The tool uses that await their results: what is tolerated meanwhile, for how long, and what comes after them. */
export class ToolUses {
  readonly #behaviours: Pick<Behaviours, 'toolAudio' | 'toolUnanswered' | 'toolChain'>;
  readonly #patienceMs: number;
  #pending: { readonly ids: Set<string>; readonly use: ToolUse; readonly sinceMs: number; heardMs: number } | undefined;
  #chained = false;
  #garbled = false;

  constructor(behaviours: Pick<Behaviours, 'toolAudio' | 'toolUnanswered' | 'toolChain'>, patienceMs: number) {
    this.#behaviours = behaviours;
    this.#patienceMs = patienceMs;
  }

  /** The next use has arguments that are cut off. */
  garbleNext(): void {
    this.#garbled = true;
  }

  /** Tools are asked for, with an id each. @returns their arguments as they are to be sent. */
  asked(use: ToolUse, ids: readonly string[], nowMs: number): readonly (Asked & { readonly id: string })[] {
    this.#pending = { ids: new Set(ids), use, sinceMs: nowMs, heardMs: 0 };
    return [use, ...(use.also ?? [])].map(({ tool, argumentsJson }, at) => {
      const json = this.#garbled ? argumentsJson.slice(0, -2) : argumentsJson;
      this.#garbled = false;
      return { id: ids[at] ?? '', tool, argumentsJson: json };
    });
  }

  /** Audio came in. @returns false when it is refused, because a result is awaited. */
  heard(ms: number): boolean {
    if (this.#pending === undefined || this.#behaviours.toolAudio === 'accepted') return true;
    this.#pending.heardMs += ms;
    return this.#pending.heardMs <= TOLERATED_MS;
  }

  /** A result came in. @returns the use that follows it, if one does. */
  answered(id: string): ToolUse | undefined {
    if (this.#pending?.ids.delete(id) !== true || this.#pending.ids.size > 0) return undefined;
    const { use } = this.#pending;
    this.#pending = undefined;
    const again = this.#behaviours.toolChain === 'two' && !this.#chained;
    this.#chained = again;
    return again ? use : undefined;
  }

  /** @returns true, once, when a result is not waited for any longer. */
  abandoned(nowMs: number): boolean {
    if (this.#behaviours.toolUnanswered === 'silence' || this.#pending === undefined) return false;
    if (nowMs - this.#pending.sinceMs < this.#patienceMs) return false;
    this.#pending = undefined;
    return true;
  }
}
