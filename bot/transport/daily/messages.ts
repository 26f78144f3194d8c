import type { RtviMessage } from '../../rtvi/messages';

/** Daily's limit on an app-message; it counts JSON, and so do we, in bytes, which are at least as many. */
export const MAX_MESSAGE_BYTES = 4_096;
/** What an envelope needs around a text. */
const ENVELOPE_BYTES = 512;

/** Messages that carry a piece of a text which the client joins: these may come in more pieces. */
const JOINED_BY_CLIENT = new Set(['bot-llm-text', 'bot-tts-text', 'user-llm-text']);

/** The message in as many as fit through Daily, or undefined when it can neither be sent nor split. */
export function fitToRoom(message: RtviMessage): readonly RtviMessage[] | undefined {
  if (bytesOf(message) <= MAX_MESSAGE_BYTES) return [message];
  const { type, data } = message;
  if (!JOINED_BY_CLIENT.has(type) || typeof data !== 'object' || data === null || !('text' in data)) return undefined;
  const { text } = data;
  if (typeof text !== 'string') return undefined;
  return splitText(text, MAX_MESSAGE_BYTES - ENVELOPE_BYTES).map((part) => ({
    ...message,
    data: { ...data, text: part },
  }));
}

/** Pieces whose JSON has at most `maxBytes`, never within a character. */
function splitText(text: string, maxBytes: number): string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of text) {
    const size = bytesOf(character) - 2; // without its quotes
    if (bytes + size > maxBytes) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  if (part !== '') parts.push(part);
  return parts;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
