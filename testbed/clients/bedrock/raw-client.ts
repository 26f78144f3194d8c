import { once } from 'node:events';
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { Sha256 } from '@aws-crypto/sha256-js';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { FAKE_CREDENTIALS } from '../../fakes/bedrock';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A client that does what it is told, right or wrong: signed by the SDK's signer, sent by hand. */
export class RawClient {
  readonly answer: Promise<RawAnswer>;
  /** The response headers, as soon as they are there. */
  readonly headers: Promise<IncomingHttpHeaders>;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #signer: SignatureV4;
  #prior: string;

  private constructor(session: ClientHttp2Session, stream: ClientHttp2Stream, signer: SignatureV4, seed: string) {
    this.#session = session;
    this.#stream = stream;
    this.#signer = signer;
    this.#prior = seed;
    this.headers = new Promise((resolve) => stream.once('response', resolve));
    this.answer = new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let headers: IncomingHttpHeaders = {};
      stream.on('response', (received) => (headers = received));
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('error', reject);
      stream.on('close', () => resolve({ status: Number(headers[':status']), headers, body: Buffer.concat(pieces) }));
    });
  }

  /** @param change applied to the headers after they have been signed */
  static async open(
    url: string,
    options: { path?: string; change?: Record<string, string | undefined>; signed?: Record<string, string> } = {},
  ): Promise<RawClient> {
    const { hostname, port, host } = new URL(url);
    const path = options.path ?? '/model/amazon.nova-2-sonic-v1%3A0/invoke-with-bidirectional-stream';
    const signer = new SignatureV4({
      service: 'bedrock',
      region: 'eu-north-1',
      credentials: FAKE_CREDENTIALS,
      sha256: Sha256,
    });
    const headers = {
      host,
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-EVENTS',
      ...options.signed,
    };
    const signed = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      // As AWS's SDK for Python does: a bare question mark is no part of what is signed.
      path: path.replace(/\?$/, ''),
      headers,
    });
    const session = http2.connect(url);
    session.on('error', () => undefined);
    await once(session, 'connect');
    const sent = Object.entries({ ...signed.headers, ...options.change }).filter((entry) => entry[1] !== undefined);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      ...(Object.fromEntries(sent) as Record<string, string>),
    });
    return new RawClient(
      session,
      stream,
      signer,
      /Signature=(\w+)$/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '',
    );
  }

  /** Sends an event, signed into the chain. `damage` may change the whole message after that. */
  async send(
    payload: string | undefined,
    options: {
      damage?: (message: Buffer) => void;
      signedAt?: Date;
      headers?: Record<string, string>;
      lost?: boolean;
    } = {},
  ): Promise<void> {
    const strings = Object.entries(
      options.headers ?? { ':event-type': 'chunk', ':message-type': 'event', ':content-type': 'application/json' },
    );
    const inner =
      payload === undefined
        ? new Uint8Array()
        : codec.encode({
            headers: Object.fromEntries(strings.map(([name, value]) => [name, { type: 'string', value }])),
            body: fromUtf8(payload),
          });
    const now = options.signedAt ?? new Date();
    const date = { ':date': { type: 'timestamp', value: now } } as const;
    const { signature } = await this.#signer.sign(
      { message: { body: inner, headers: date }, priorSignature: this.#prior },
      { signingDate: now },
    );
    this.#prior = signature;
    const headers = { ...date, ':chunk-signature': { type: 'binary', value: Buffer.from(signature, 'hex') } } as const;
    const message = Buffer.from(codec.encode({ headers, body: inner }));
    options.damage?.(message);
    if (options.lost !== true) this.#stream.write(message);
  }

  /** Sends an event of the model. */
  event(event: unknown): Promise<void> {
    return this.send(JSON.stringify({ bytes: Buffer.from(JSON.stringify({ event })).toString('base64') }));
  }

  /** Sends any bytes. */
  write(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  /** True when the peer has answered a PING. */
  ping(): Promise<boolean> {
    return new Promise((resolve) => this.#session.ping((error) => resolve(error === null)));
  }

  /** Ends the request, without the empty message that should come before. */
  end(): void {
    this.#stream.end();
  }

  close(): void {
    this.#session.destroy();
  }
}

/** The messages of a response, as [type, payload]. */
export function messages(body: Buffer): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (let at = 0; at < body.length; at += body.readUInt32BE(at)) {
    const message = codec.decode(body.subarray(at, at + body.readUInt32BE(at)));
    const type = message.headers[':exception-type'] ?? message.headers[':event-type'] ?? message.headers[':error-code'];
    const text = toUtf8(message.body);
    found.push([String(type?.value), text === '' ? undefined : JSON.parse(text)]);
  }
  return found;
}
