import { ToolLedger, type Answer } from './tool-ledger';

/** So long at most the model is waited for that has been told what a tool found and says nothing. */
const SPOKEN_OF_WITHIN_MS = 10_000;
/** As long where an answer has begun: it may have been words of the model's own, said while it waited. */
const ANSWERED_WITHIN_MS = 4_000;
/** The live service took 310 ms from a result to the first words: what begins sooner was on its way before. */
const FILLER_WITHIN_MS = 250;

/** The tools of one conversation: what was asked for, answered, and spoken of, over all of its streams. No I/O. */
export class ToolExchange {
  readonly #ledger = new ToolLedger();
  #holdsAudio: boolean;
  /** Told to the present stream, which has begun no sentence since. */
  #unspoken: string[] = [];
  #toldAtMs = -Infinity;

  /** @param holdsAudio the service refuses audio while a tool is at work */
  constructor(holdsAudio: boolean) {
    this.#holdsAudio = holdsAudio;
  }

  get hasPending(): boolean {
    return this.#ledger.hasPending;
  }

  /** Whether the caller's audio is kept for now, and sent after the result. */
  get isAudioHeld(): boolean {
    return this.#holdsAudio && this.hasPending;
  }

  /** Notes a request; false for one made before. */
  request(toolUseId: string, toolName: string): boolean {
    return this.#ledger.request(toolUseId, toolName);
  }

  answer(toolUseId: string): Answer {
    return this.#ledger.answer(toolUseId);
  }

  /** The present stream has been sent a result; JSON, as another may be told it. */
  told(json: string, nowMs: number): void {
    if (!this.#unspoken.includes(json)) this.#unspoken.push(json);
    this.#toldAtMs = nowMs;
  }

  /** The model begins an answer, or a sentence of it: about the results, unless it comes too soon for that. */
  spoke(nowMs: number): void {
    if (nowMs - this.#toldAtMs >= FILLER_WITHIN_MS) this.#unspoken = [];
  }

  /** Whether the model is still to speak of what was found, though a turn of its has ended. */
  isAnswerDue(nowMs: number): boolean {
    return nowMs - this.#toldAtMs < (this.#unspoken.length > 0 ? SPOKEN_OF_WITHIN_MS : ANSWERED_WITHIN_MS);
  }

  /** The service doubts what it was sent: Nova 2.5 was seen to do so over audio that came while a tool was at work. */
  inputDoubted(): void {
    if (this.hasPending) this.#holdsAudio = true;
  }

  /** The stream is gone: what it asked for can no longer be answered there. @returns results that it will not speak of */
  streamGone(nowMs: number): readonly string[] {
    this.#ledger.orphanPending();
    const unspoken = nowMs - this.#toldAtMs < SPOKEN_OF_WITHIN_MS ? this.#unspoken : [];
    this.#unspoken = [];
    this.#toldAtMs = -Infinity;
    return unspoken;
  }
}
