import { createHmac, hash } from 'node:crypto';
import { headerStart, OVERHEAD_BYTES, PRELUDE_BYTES, sealFrame, textHeader } from './event-frame';

/** What the chain of signatures begins with. */
export interface SignedRequest {
  /** The request's `authorization` header: the first link, and what it is signed for. */
  readonly authorization: string;
  readonly secretAccessKey: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256-PAYLOAD';
/** SHA-256's block and digest. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const HEX_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/* Types 8 and 6 are timestamps and bytes; those of the signature are counted by two bytes before them. */
const DATE_START = headerStart(':date', 8);
const DATE_BYTES = DATE_START.length + 8;
const SIGNATURE_START = Buffer.concat([headerStart(':chunk-signature', 6), Buffer.from([0, DIGEST_BYTES])]);
const SIGNED_HEADERS_BYTES = DATE_BYTES + SIGNATURE_START.length + DIGEST_BYTES;

const EVENT_HEADERS = Buffer.concat([
  textHeader(':event-type', 'chunk'),
  textHeader(':message-type', 'event'),
  textHeader(':content-type', 'application/json'),
]);
const JSON_START = '{"bytes":"';
const JSON_END = '"}';
/** What a message holds besides its event. */
const AROUND_BYTES = OVERHEAD_BYTES + EVENT_HEADERS.length + JSON_START.length + JSON_END.length;

/**
 * Makes what is sent of input events: each in a message of its own, in a signed message (the AWS signature 4 of event
 * streams, each of which covers the one before). Byte for byte what the SDK would send, with no text made and no buffer
 * but that of the message.
 */
export class EventSigner {
  readonly #secretAccessKey: string;
  readonly #region: string;
  readonly #service: string;
  readonly #epochMs: () => number;
  readonly #prior: Buffer;
  #second = -1;
  #day = '';
  /** What HMAC hashes first: the key's block and the text to sign, whose places are filled in for each event. */
  #inner = Buffer.alloc(0);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  /** @param epochMs the time by the service's clock; @throws Error where the request is not signed as a stream's must be */
  constructor({ authorization, secretAccessKey }: SignedRequest, epochMs: () => number) {
    const found = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request.*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
    const [, region, service, signature] = found ?? [];
    if (region === undefined || service === undefined || signature === undefined)
      throw new Error('the request has no signature that its events could follow');
    this.#secretAccessKey = secretAccessKey;
    this.#region = region;
    this.#service = service;
    this.#prior = Buffer.from(signature, 'hex');
    this.#epochMs = epochMs;
  }

  /** The message of one event, which is JSON; of nothing, the message after the last event. */
  sign(event: Uint8Array | undefined): Buffer {
    const base64 = event && Buffer.from(event.buffer, event.byteOffset, event.byteLength).toString('base64');
    const innerBytes = base64 === undefined ? 0 : AROUND_BYTES + base64.length;
    const frame = Buffer.allocUnsafe(OVERHEAD_BYTES + SIGNED_HEADERS_BYTES + innerBytes);
    if (base64 !== undefined) {
      const start = PRELUDE_BYTES + SIGNED_HEADERS_BYTES;
      let at = start + PRELUDE_BYTES;
      at += EVENT_HEADERS.copy(frame, at);
      at += frame.write(JSON_START, at, 'latin1');
      at += frame.write(base64, at, 'latin1');
      frame.write(JSON_END, at, 'latin1');
      sealFrame(frame, start, start + innerBytes, EVENT_HEADERS.length);
    }
    const nowMs = this.#epochMs();
    this.#follow(nowMs);
    const dateEnd = PRELUDE_BYTES + DATE_BYTES;
    DATE_START.copy(frame, PRELUDE_BYTES);
    frame.writeBigInt64BE(BigInt(nowMs), dateEnd - 8);
    const payload = frame.subarray(PRELUDE_BYTES + SIGNED_HEADERS_BYTES, frame.length - 4);
    const inner = this.#inner;
    const payloadAt = inner.length - HEX_BYTES;
    const headersAt = payloadAt - 1 - HEX_BYTES;
    inner.write(this.#prior.toString('hex'), headersAt - 1 - HEX_BYTES, 'latin1');
    inner.write(hash('sha256', frame.subarray(PRELUDE_BYTES, dateEnd)), headersAt, 'latin1');
    inner.write(hash('sha256', payload), payloadAt, 'latin1');
    hash('sha256', inner, 'buffer').copy(this.#outer, BLOCK_BYTES);
    hash('sha256', this.#outer, 'buffer').copy(this.#prior);
    const signatureAt = dateEnd + SIGNATURE_START.copy(frame, dateEnd);
    this.#prior.copy(frame, signatureAt);
    sealFrame(frame, 0, frame.length, SIGNED_HEADERS_BYTES);
    return frame;
  }

  /** The text to sign begins with the second, and its key is the day's. */
  #follow(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second === this.#second) return;
    this.#second = second;
    const longDate = new Date(second * 1000).toISOString().replace(/[-:]|\.000/g, '');
    const day = longDate.slice(0, 8);
    if (day !== this.#day) this.#begin(day);
    this.#inner.write(longDate, BLOCK_BYTES + ALGORITHM.length + 1, 'latin1');
  }

  #begin(day: string): void {
    this.#day = day;
    const terms = [day, this.#region, this.#service, 'aws4_request'];
    const key = terms.reduce(
      (secret: string | Buffer, term) => createHmac('sha256', secret).update(term).digest(),
      `AWS4${this.#secretAccessKey}`,
    );
    const keyBlock = Buffer.concat([Buffer.from(key), Buffer.alloc(BLOCK_BYTES - DIGEST_BYTES)]);
    const hex = '0'.repeat(HEX_BYTES);
    const text = [ALGORITHM, 'yyyymmddThhmmssZ', terms.join('/'), hex, hex, hex].join('\n');
    this.#inner = Buffer.concat([keyBlock.map((byte) => byte ^ INNER_PAD), Buffer.from(text, 'latin1')]);
    Buffer.from(keyBlock.map((byte) => byte ^ OUTER_PAD)).copy(this.#outer);
  }
}
