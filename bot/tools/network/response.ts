import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Statuses that have no body, and to which none may be given. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** An answer of Node's client as `fetch` gives it, decompressed as it is read. */
export function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const status = message.statusCode ?? 502;
  if (WITHOUT_BODY.has(status) || status < 200) {
    // A 205 may come with a body all the same, and that without an end.
    if (status === 205) message.destroy();
    else message.resume();
    return new Response(null, { status: status < 200 ? 502 : status, headers });
  }
  const decoder = decoderOf(headers.get('content-encoding'));
  // What goes wrong on the way is told to whoever reads.
  const body = decoder === undefined ? message : pipeline(message, decoder, () => undefined);
  return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array> as BodyInit, { status, headers });
}

function decoderOf(encoding: string | null): Transform | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Longer than this, an answer is not read: it is counted after decompression. */
export const MAX_ANSWER_BYTES = 65_536;

/** The body as text; undefined: it is too long, and was not read to its end. */
export async function textWithin(response: Response, maxBytes = MAX_ANSWER_BYTES): Promise<string | undefined> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
