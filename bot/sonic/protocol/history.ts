import type { HistoryMessage } from '../speech-model';
import { tailOfBytes } from './utf8';

/** The guide allows 40 KB in all; the rest is left for what the service counts and we do not. */
export const DEFAULT_HISTORY_BYTES = 32 * 1024;

/** Below this a history is not worth its trouble. */
const MIN_HISTORY_BYTES = 512;

/** This share of the limit is kept for how the call began: names and wishes are told then, and asked for an hour later. */
const OPENING_SHARE = 1 / 8;

/**
 * What was said in a call, for a new stream to continue from. Only what was really said goes in: the caller's words and
 * the assistant's FINAL text. Neighbours of one role are one message. Keeps no more than a replay can hold: the newest,
 * and the beginning of the call; what lies between is forgotten first.
 */
export class ConversationHistory {
  /** How the call began, once not all of it fits any more. */
  readonly #opening: HistoryMessage[] = [];
  #openingBytes = 0;
  #isOpeningFull = false;
  #messages: HistoryMessage[] = [];
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes = DEFAULT_HISTORY_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The role that spoke last. */
  get lastRole(): HistoryMessage['role'] | undefined {
    return this.#messages.at(-1)?.role;
  }

  /** Adds words to the end; blank ones are left out. */
  add(role: HistoryMessage['role'], text: string): void {
    const words = text.trim();
    if (words === '') return;
    const last = this.#messages.at(-1);
    if (last?.role === role) {
      const joined = { role, text: tailOfBytes(`${last.text} ${words}`, this.#maxBytes) };
      this.#bytes += Buffer.byteLength(joined.text) - Buffer.byteLength(last.text);
      this.#messages[this.#messages.length - 1] = joined;
    } else {
      const message = { role, text: tailOfBytes(words, this.#maxBytes) };
      this.#bytes += Buffer.byteLength(message.text);
      this.#messages.push(message);
    }
    this.#forgetOldest();
  }

  /** As `add`, but before the last message where that is the other role's. */
  addBeforeLast(role: HistoryMessage['role'], text: string): void {
    const last = this.#messages.at(-1);
    if (last === undefined || last.role === role) {
      this.add(role, text);
      return;
    }
    this.#messages.pop();
    this.#bytes -= Buffer.byteLength(last.text);
    this.add(role, text);
    this.add(last.role, last.text);
  }

  /** All that is remembered, oldest first. */
  get messages(): readonly HistoryMessage[] {
    // Where something was forgotten in between, the roles still alternate.
    const isSeamEven = this.#opening.at(-1)?.role !== this.#messages[0]?.role || this.#messages.length < 2;
    return [...this.#opening, ...(isSeamEven ? this.#messages : this.#messages.slice(1))];
  }

  #forgetOldest(): void {
    while (this.#bytes + this.#openingBytes > this.#maxBytes && this.#messages.length > 1) {
      const oldest = this.#messages.shift();
      if (oldest === undefined) return;
      const bytes = Buffer.byteLength(oldest.text);
      this.#bytes -= bytes;
      this.#isOpeningFull ||= this.#openingBytes + bytes > this.#maxBytes * OPENING_SHARE;
      if (this.#isOpeningFull) continue;
      this.#opening.push(oldest);
      this.#openingBytes += bytes;
    }
  }
}

/** What a new stream is told first, and what it is then asked to answer. */
export interface Replay {
  readonly messages: readonly HistoryMessage[];
  /** The caller's last words, when nobody has answered them: sent as interactive text, so that the model does. */
  readonly question: string | undefined;
}

/**
 * Picks the newest messages that fit `maxBytes` of UTF-8, and where that is not all, before them as many of the first
 * as fit an eighth of it. They begin with the caller's, as the service demands. With `isUnanswered` a last message of the caller's is held back as the question; it counts towards the limit too.
 */
export function planReplay(messages: readonly HistoryMessage[], maxBytes: number, isUnanswered: boolean): Replay {
  const last = messages.at(-1);
  const question = isUnanswered && last?.role === 'user' ? last.text : undefined;
  const candidates = question === undefined ? messages : messages.slice(0, -1);
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
    const tail = left >= MIN_HISTORY_BYTES / 2 ? tailOfBytes(message.text, left).trim() : '';
    if (tail !== '') picked.unshift({ role: message.role, text: tail });
    break;
  }
  const firstOfCaller = picked.findIndex((message) => message.role === 'user');
  return { messages: [...opening, ...(firstOfCaller < 0 ? [] : picked.slice(firstOfCaller))], question };
}

/** The first messages that fit, from one of the caller's to one of the assistant's, so that the roles go on alternating. */
function openingOf(messages: readonly HistoryMessage[], maxBytes: number): readonly HistoryMessage[] {
  if (messages[0]?.role !== 'user') return [];
  let bytes = 0;
  const tooMany = messages.findIndex(({ text }) => (bytes += Buffer.byteLength(text)) > maxBytes);
  const fitting = messages.slice(0, Math.max(0, tooMany));
  return fitting.slice(0, fitting.findLastIndex(({ role }) => role === 'assistant') + 1);
}

function bytesOf(messages: readonly HistoryMessage[]): number {
  return messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

/** The next smaller limit after the service refused a history; 0 sends none. */
export function halveHistory(maxBytes: number): number {
  const half = Math.floor(maxBytes / 2);
  return half < MIN_HISTORY_BYTES ? 0 : half;
}
