import type { HistoryMessage } from '../speech-model';
import { tailOfBytes } from './utf8';

/** The guide allows 40 KB in all; the rest is left for what the service counts and we do not. */
export const DEFAULT_HISTORY_BYTES = 32 * 1024;

/** Below this a history is not worth its trouble. */
const MIN_HISTORY_BYTES = 512;

/**
 * What was said in a call, for a new stream to continue from. Only what was really said goes in: the caller's words and
 * the assistant's FINAL text. Neighbours of one role are one message. Keeps no more than a replay can hold.
 */
export class ConversationHistory {
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

  /** All that is remembered, oldest first. */
  get messages(): readonly HistoryMessage[] {
    return this.#messages;
  }

  #forgetOldest(): void {
    while (this.#bytes > this.#maxBytes && this.#messages.length > 1) {
      const oldest = this.#messages.shift();
      this.#bytes -= Buffer.byteLength(oldest?.text ?? '');
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
 * Picks the newest messages that fit `maxBytes` of UTF-8 and begin with the caller's, as the service demands. With
 * `isUnanswered` a last message of the caller's is held back as the question; it counts towards the limit too.
 */
export function planReplay(messages: readonly HistoryMessage[], maxBytes: number, isUnanswered: boolean): Replay {
  const last = messages.at(-1);
  const question = isUnanswered && last?.role === 'user' ? last.text : undefined;
  const candidates = question === undefined ? messages : messages.slice(0, -1);
  let left = maxBytes - (question === undefined ? 0 : Buffer.byteLength(question));
  const picked: HistoryMessage[] = [];
  for (const message of [...candidates].reverse()) {
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
  return { messages: firstOfCaller < 0 ? [] : picked.slice(firstOfCaller), question };
}

/** The next smaller limit after the service refused a history; 0 sends none. */
export function halveHistory(maxBytes: number): number {
  const half = Math.floor(maxBytes / 2);
  return half < MIN_HISTORY_BYTES ? 0 : half;
}
