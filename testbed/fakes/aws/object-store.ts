import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The scope of a signature by Signature Version 4, which names the service. */
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/s3\/aws4_request, /;
const PATH = /^\/([a-z0-9.-]{3,63})\/([^?]+)(\?x-id=PutObject)?$/;

/** How it answers: `hangs` never does. */
export type StoreMood = 'takes' | 'slow-down' | 'denied' | 'hangs';

/** S3, as far as somebody who may only put objects sees it: as strict about what it is sent. */
export class FakeObjectStore {
  /** What is there, by `bucket/key`. */
  readonly objects = new Map<string, Buffer>();
  mood: StoreMood = 'takes';
  requests = 0;
  readonly #buckets: readonly string[];
  readonly #http = createServer((request, response) => void this.#answer(request, response));

  private constructor(buckets: readonly string[]) {
    this.#buckets = buckets;
  }

  static async start(...buckets: readonly string[]): Promise<FakeObjectStore> {
    const fake = new FakeObjectStore(buckets);
    await new Promise<void>((resolve) => fake.#http.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Whoever waits for an answer gets none. */
  dropConnections(): void {
    this.#http.closeAllConnections();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // whoever asked has hung up
    }
    this.requests += 1;
    if (this.mood === 'hangs') return;
    const refusal = this.#refusal(request, Buffer.concat(chunks));
    if (refusal !== undefined) {
      const [status, code] = refusal;
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
      );
      return;
    }
    const [, bucket = '', key = ''] = PATH.exec(request.url ?? '') ?? [];
    this.objects.set(`${bucket}/${decodeURIComponent(key)}`, Buffer.concat(chunks));
    response.writeHead(200, { etag: '"0"' }).end();
  }

  #refusal({ method, url = '', headers }: IncomingMessage, body: Buffer): readonly [number, string] | undefined {
    const [, bucket] = PATH.exec(url) ?? [];
    if (this.mood === 'slow-down') return [503, 'SlowDown'];
    if (!SIGNED.test(headers.authorization ?? '') || this.mood === 'denied') return [403, 'AccessDenied'];
    if (method !== 'PUT' || bucket === undefined) return [405, 'MethodNotAllowed'];
    if (!this.#buckets.includes(bucket)) return [404, 'NoSuchBucket'];
    if (Number(headers['content-length']) !== body.length) return [400, 'IncompleteBody'];
    const sha256 = createHash('sha256').update(body).digest('hex');
    return headers['x-amz-content-sha256'] === sha256 ? undefined : [400, 'XAmzContentSHA256Mismatch'];
  }
}
