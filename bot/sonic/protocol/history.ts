import type { HistoryMessage } from '../speech-model';
import { tailOfBytes } from './utf8';

/** The guide allows 40 KB in all; the rest is left for what the service counts and we do not. */
export const DEFAULT_HISTORY_BYTES = 32 * 1024;

/** What a call's first replay holds at most: the live service was seen to refuse 10 KB, and never 5 KB. */
export const FIRST_REPLAY_BYTES = 4 * 1024;

/** Below this a history is not worth its trouble. */
export const MIN_HISTORY_BYTES = 512;

/** This share of the limit is kept for how the call began: names and wishes are told then, and asked for an hour later. */
const OPENING_SHARE = 1 / 8;

/**
 * What was said in a call, for a new stream to continue from. Only what was really said goes in: the caller's words and
 * what the caller heard of the assistant's. Keeps no more than a replay can hold: the newest, and the beginning of the
 * call; what lies between is forgotten first.
 */
export class ConversationHistory {
  /** The beginning of the call, once not all of it fits. */
  readonly #opening: HistoryMessage[] = [];
  #openingBytes = 0;
  #isOpeningFull = false;
  /** One for each utterance. */
  #recent: HistoryMessage[] = [];
  #recentBytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes = DEFAULT_HISTORY_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The role that spoke last. */
  get lastRole(): HistoryMessage['role'] | undefined {
    return this.#recent.at(-1)?.role;
  }

  /** Adds an utterance to the end, or before the last `before` of the other role's; a blank one is left out. */
  add(role: HistoryMessage['role'], text: string, before = 0): void {
    const words = text.trim();
    if (words === '') return;
    const utterance = { role, text: tailOfBytes(words, this.#maxBytes) };
    this.#recent.splice(this.#positionOf(role, before), 0, utterance);
    this.#recentBytes += sizeOf(utterance);
    this.#forgetOldest();
  }

  /** All that is remembered, oldest first; neighbours of one role are one message. */
  get messages(): readonly HistoryMessage[] {
    return this.#messages(this.#recent);
  }

  /** As `messages` would be if this had been added. */
  with(role: HistoryMessage['role'], text: string, before = 0): readonly HistoryMessage[] {
    if (text.trim() === '') return this.messages;
    const recent = [...this.#recent];
    recent.splice(this.#positionOf(role, before), 0, { role, text: text.trim() });
    return this.#messages(recent);
  }

  /** The end, or before the last `before` of the other role's. */
  #positionOf(role: HistoryMessage['role'], before: number): number {
    const others = this.#recent.length - 1 - this.#recent.findLastIndex((said) => said.role === role);
    return this.#recent.length - Math.min(before, others);
  }

  #messages(utterances: readonly HistoryMessage[]): readonly HistoryMessage[] {
    const [opening, recent] = [joined(this.#opening), joined(utterances)];
    // Where something was forgotten in between, the roles still alternate.
    const isSeamEven = opening.at(-1)?.role !== recent[0]?.role || recent.length < 2;
    return [...opening, ...(isSeamEven ? recent : recent.slice(1))];
  }

  #forgetOldest(): void {
    while (this.#recentBytes + this.#openingBytes > this.#maxBytes && this.#recent.length > 1) {
      const oldest = this.#recent.shift();
      if (oldest === undefined) return;
      const bytes = sizeOf(oldest);
      this.#recentBytes -= bytes;
      this.#isOpeningFull ||= this.#openingBytes + bytes > this.#maxBytes * OPENING_SHARE;
      if (this.#isOpeningFull) continue;
      this.#opening.push(oldest);
      this.#openingBytes += bytes;
    }
  }
}

/** Of UTF-8, with the space that joins it to its neighbour. */
function sizeOf({ text }: HistoryMessage): number {
  return Buffer.byteLength(text) + 1;
}

function joined(utterances: readonly HistoryMessage[]): readonly HistoryMessage[] {
  const messages: { role: HistoryMessage['role']; texts: string[] }[] = [];
  for (const { role, text } of utterances) {
    const last = messages.at(-1);
    if (last?.role === role) last.texts.push(text);
    else messages.push({ role, texts: [text] });
  }
  return messages.map(({ role, texts }) => ({ role, text: texts.join(' ') }));
}

/** What a new stream is told first, and what it is then asked to answer. */
export interface Replay {
  readonly messages: readonly HistoryMessage[];
  /** The caller's last words, when nobody has answered them: sent as interactive text, so that the model does. */
  readonly question: string | undefined;
}

/**
 * Picks the newest messages that fit `maxBytes` of UTF-8, and where that is not all, before them as many of the first
 * as fit an eighth of it: what is dropped, in whole sentences, lies in the middle. They begin with the caller's and end
 * with the assistant's, as the service demands. With `isUnanswered` a last message of the caller's is held back as the
 * question; it counts towards the limit too.
 */
export function planReplay(messages: readonly HistoryMessage[], maxBytes: number, isUnanswered: boolean): Replay {
  const last = messages.at(-1);
  const question = isUnanswered && last?.role === 'user' ? last.text : undefined;
  const candidates = last?.role === 'user' ? messages.slice(0, -1) : messages;
  const roomBytes = maxBytes - (question === undefined ? 0 : Buffer.byteLength(question));
  const opening = bytesOf(candidates) <= roomBytes ? [] : openingOf(candidates, maxBytes * OPENING_SHARE);
  let left = roomBytes - bytesOf(opening);
  const picked: HistoryMessage[] = [];
  for (const message of candidates.slice(opening.length).reverse()) {
    const bytes = Buffer.byteLength(message.text);
    if (bytes <= left) {
      picked.unshift(message);
      left -= bytes;
      continue;
    }
    // The message that does not fit is worth its newest part, unless that is a scrap.
    const tail = left >= MIN_HISTORY_BYTES / 2 ? lastSentences(message.text, left) : '';
    if (tail !== '') picked.unshift({ role: message.role, text: tail });
    break;
  }
  const firstOfCaller = picked.findIndex((message) => message.role === 'user');
  return { messages: [...opening, ...(firstOfCaller < 0 ? [] : picked.slice(firstOfCaller))], question };
}

/** As many whole sentences from the end as fit. */
function lastSentences(text: string, maxBytes: number): string {
  const tail = tailOfBytes(text, maxBytes);
  const [, rest = ''] =
    /[.!?…。？！]["”']?\s+(\S.*)$/su.exec(text.slice(0, text.length - tail.length).slice(-2) + tail) ?? [];
  return rest;
}

/** The first messages that fit, from one of the caller's to one of the assistant's, so that the roles go on alternating. */
function openingOf(messages: readonly HistoryMessage[], maxBytes: number): readonly HistoryMessage[] {
  if (messages[0]?.role !== 'user') return [];
  let bytes = 0;
  const tooMany = messages.findIndex(({ text }) => (bytes += Buffer.byteLength(text)) > maxBytes);
  const fitting = messages.slice(0, Math.max(0, tooMany));
  return fitting.slice(0, fitting.findLastIndex(({ role }) => role === 'assistant') + 1);
}

/** Of UTF-8. */
export function bytesOf(messages: readonly HistoryMessage[]): number {
  return messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

/** The next smaller limit after the service refused a history; 0 sends none. */
export function halveHistory(maxBytes: number): number {
  const half = Math.floor(maxBytes / 2);
  return half < MIN_HISTORY_BYTES ? 0 : half;
}
