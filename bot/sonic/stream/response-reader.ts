import { Readable } from 'node:stream';
import { isSound, OVERHEAD_BYTES, PRELUDE_BYTES, textHeader } from './event-frame';

const EVENT_TYPE = textHeader(':event-type', 'chunk');
const MESSAGE_TYPE = textHeader(':message-type', 'event');
const JSON_START = Buffer.from('{"bytes":"');
const QUOTE = 0x22;
/** The longest message AWS sends (24 MiB); what claims to be longer is not one. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024;

/**
 * Takes the output events out of a response; all else, exceptions above all, goes on to the SDK as it came, and so does
 * everything from the first byte on that this does not understand: the SDK then says what is wrong.
 */
export class ResponseReader {
  /** For the SDK. */
  readonly rest = new Readable({ read: () => undefined });
  readonly #onChunk: (bytes: Buffer) => void;
  #pending: Buffer | undefined;
  #isLost = false;
  /** Headers that were seen to be an output event's. */
  #chunkHeaders: Buffer | undefined;

  constructor(onChunk: (bytes: Buffer) => void) {
    this.#onChunk = onChunk;
  }

  /** Takes what came, in pieces of any size. */
  take(piece: Buffer): void {
    let bytes = this.#pending === undefined ? piece : Buffer.concat([this.#pending, piece]);
    this.#pending = undefined;
    while (bytes.length >= PRELUDE_BYTES && !this.#isLost) {
      const length = bytes.readUInt32BE(0);
      if (length < OVERHEAD_BYTES || length > MAX_FRAME_BYTES) this.#isLost = true;
      else if (bytes.length < length) break;
      else {
        this.#takeFrame(bytes.subarray(0, length));
        bytes = bytes.subarray(length);
      }
    }
    if (bytes.length === 0) return;
    if (this.#isLost) this.rest.push(bytes);
    else this.#pending = bytes;
  }

  /** Nothing more comes, for a reason if there is one. */
  end(error?: Error): void {
    if (this.#pending !== undefined) this.rest.push(this.#pending);
    this.#pending = undefined;
    if (error === undefined) this.rest.push(null);
    else this.rest.destroy(error);
  }

  #takeFrame(frame: Buffer): void {
    const bytes = this.#isChunk(frame) ? bytesOf(frame) : undefined;
    if (bytes !== undefined) this.#onChunk(bytes);
    else {
      this.#isLost ||= !isSound(frame);
      this.rest.push(frame);
    }
  }

  #isChunk(frame: Buffer): boolean {
    const headersEnd = PRELUDE_BYTES + frame.readUInt32BE(4);
    if (headersEnd > frame.length - 4 || !isSound(frame)) return false;
    const headers = frame.subarray(PRELUDE_BYTES, headersEnd);
    if (this.#chunkHeaders?.equals(headers) === true) return true;
    // Both are whole headers, with the length before the name: no other header's value can be taken for them by accident.
    if (!headers.includes(EVENT_TYPE) || !headers.includes(MESSAGE_TYPE)) return false;
    this.#chunkHeaders = Buffer.from(headers);
    return true;
  }
}

/** The event of a sound message `{"bytes":"…"}`, whatever else is in it; undefined where it is something else. */
function bytesOf(frame: Buffer): Buffer | undefined {
  const start = PRELUDE_BYTES + frame.readUInt32BE(4);
  const end = frame.length - 4;
  const base64At = start + JSON_START.length;
  if (frame.compare(JSON_START, 0, JSON_START.length, start, Math.min(base64At, end)) === 0) {
    const base64End = frame.indexOf(QUOTE, base64At);
    if (base64End >= base64At && base64End < end)
      return Buffer.from(frame.toString('latin1', base64At, base64End), 'base64');
  }
  return undefined;
}
