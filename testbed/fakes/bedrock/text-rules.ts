import type { Behaviours } from './behaviours';
import { TEXTS } from './exceptions';
import { Broken, LIVE_REFUSALS, REFUSALS } from './refusals';

export type TextRole = 'SYSTEM' | 'USER' | 'ASSISTANT';

/** One `textInput` of the history may hold this much. */
const MAX_TEXT_INPUT_BYTES = 1024;
const MAX_SYSTEM_BYTES = 40 * 1024;
/** Audio must be this far behind the history where they race. */
const RACE_MS = 50;

type Switches = Pick<Behaviours, 'rules' | 'history' | 'historyTail' | 'historyRace' | 'dirtyText'>;

/** What text may be sent when: one system prompt, then the history, then audio and with it what is typed. */
export class TextRules {
  readonly #switches: Switches;
  readonly #texts: (typeof REFUSALS)[Behaviours['rules']];
  #sawSystem = false;
  #systemBytes = 0;
  #historyBytes = 0;
  #messages = 0;
  #lastRole: TextRole | undefined;
  #lastEndMs = Number.NEGATIVE_INFINITY;

  constructor(switches: Switches) {
    this.#switches = switches;
    this.#texts = REFUSALS[switches.rules];
  }

  get sawSystem(): boolean {
    return this.#sawSystem;
  }

  /** A text block begins. @throws Broken */
  open(role: TextRole, interactive: boolean, audio: 'unopened' | 'open' | 'closed'): void {
    const live = this.#switches.rules === 'live';
    if (role === 'SYSTEM') {
      if (this.#sawSystem) throw new Broken(this.#texts.duplicateSystem);
      if (interactive && !live) throw new Broken('SYSTEM content cannot be interactive');
      this.#sawSystem = true;
    } else if (audio === 'unopened') this.#openHistory(role);
    else if (audio === 'closed') throw new Broken('Text content after audio content was closed');
    else if (!live && (role === 'ASSISTANT' || !interactive))
      throw new Broken('Chat history can be sent only once, before audio content');
  }

  /** Text for an open block. @throws Broken */
  add(role: TextRole, text: string, audioOpened: boolean): void {
    this.refuseDirt(text);
    const bytes = Buffer.byteLength(text);
    if (role === 'SYSTEM') {
      this.#systemBytes += bytes;
      if (this.#systemBytes > MAX_SYSTEM_BYTES) throw new Broken('System prompt is over max limit');
    } else if (audioOpened) {
      if (bytes > MAX_TEXT_INPUT_BYTES) throw new Broken(`textInput is over ${MAX_TEXT_INPUT_BYTES} bytes`);
    } else {
      this.#historyBytes += bytes;
      if (bytes > MAX_TEXT_INPUT_BYTES || this.#historyIsTooBig) throw new Broken(this.#texts.historyTooBig);
    }
  }

  /** A text block has ended, before audio was opened. */
  ended(role: TextRole, nowMs: number): void {
    if (role === 'SYSTEM') return;
    this.#lastRole = role;
    this.#lastEndMs = nowMs;
  }

  /** Audio is about to be opened, for the first time. @throws Broken */
  historyComplete(nowMs: number): void {
    const { historyTail, historyRace } = this.#switches;
    if (historyTail === 'refused' && this.#lastRole === 'USER') throw new Broken(TEXTS.invalidInput);
    if (historyRace === 'refused' && nowMs - this.#lastEndMs < RACE_MS) throw new Broken(LIVE_REFUSALS.audioTooSoon);
  }

  /** @throws Broken for text with NUL or half a surrogate pair */
  refuseDirt(text: string): void {
    if (this.#switches.dirtyText === 'refused' && /\0|\p{Surrogate}/u.test(text))
      throw new Broken(TEXTS.unexpected, 'internalServerException');
  }

  #openHistory(role: TextRole): void {
    if (this.#messages === 0 && role === 'ASSISTANT') throw new Broken(this.#texts.assistantFirst);
    this.#messages += 1;
    if (this.#switches.history === 'three-messages' && this.#messages > 3) throw new Broken(TEXTS.invalidInput);
  }

  get #historyIsTooBig(): boolean {
    switch (this.#switches.history) {
      case '10k':
        return this.#historyBytes + this.#systemBytes > 10_000;
      case 'tiny':
        return this.#historyBytes > 900;
      default:
        return this.#historyBytes > 40 * 1024;
    }
  }
}
