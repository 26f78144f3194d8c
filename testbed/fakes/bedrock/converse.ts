import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http2, { type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { converseRequest, type ConverseRequest } from './converse-request';
import { respondWithError } from './request-auth';
import { type AcceptedCredentials, FAKE_CREDENTIALS, verifyRequest } from './sigv4';

/** How the model answers one request: by a tool (the one it must use, or the only one), perhaps after words, in words only, with an error, or not at all. */
export type ConverseAnswer =
  | { readonly kind: 'tool'; readonly input: unknown; readonly text?: string }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string }
  | { readonly kind: 'hang' };

export interface FakeConverseOptions {
  readonly region?: string;
  readonly models?: readonly string[];
  readonly credentials?: AcceptedCredentials;
  /** Answers in turn, of which the last goes on; or what answers each request. */
  readonly answers: readonly ConverseAnswer[] | ((request: ConverseRequest) => ConverseAnswer);
}

const ROUTE = /^\/model\/([^/]+)\/converse$/;
const MAX_BYTES = 1024 * 1024;

/** A strict stand-in for Bedrock's Converse: signature, model and request are refused as the service refuses them. */
export class FakeConverse {
  readonly requests: ConverseRequest[] = [];
  readonly #o: FakeConverseOptions;
  readonly #server: Http2Server = http2.createServer();
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(options: FakeConverseOptions) {
    this.#o = options;
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream, headers) => void this.#answer(stream, headers));
  }

  static async open(options: FakeConverseOptions): Promise<FakeConverse> {
    const fake = new FakeConverse(options);
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders): Promise<void> {
    stream.on('error', () => undefined);
    const body = await bytesOf(stream);
    const refused = this.#refusal(headers, body);
    if (refused !== undefined) {
      respondWithError(stream, refused, Date.now());
      return;
    }
    const request = this.requests.at(-1);
    if (request === undefined) return;
    const { answers } = this.#o;
    const answer =
      typeof answers === 'function' ? answers(request) : answers[Math.min(this.requests.length, answers.length) - 1];
    if (answer === undefined || answer.kind === 'hang') return;
    if (answer.kind === 'error') {
      respondWithError(stream, answer, Date.now());
      return;
    }
    const { tools, toolChoice } = request.toolConfig ?? {};
    const name = toolChoice !== undefined && 'tool' in toolChoice ? toolChoice.tool.name : tools?.[0]?.toolSpec.name;
    const content = [
      ...(answer.text === undefined ? [] : [{ text: answer.text }]),
      ...(answer.kind === 'words'
        ? []
        : [{ toolUse: { toolUseId: `tooluse_${randomUUID()}`, name, input: answer.input } }]),
    ];
    stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
    stream.end(
      JSON.stringify({
        output: { message: { role: 'assistant', content } },
        stopReason: answer.kind === 'words' ? 'end_turn' : 'tool_use',
        usage: {
          inputTokens: Math.ceil(body.length / 4),
          outputTokens: 40,
          totalTokens: Math.ceil(body.length / 4) + 40,
        },
        metrics: { latencyMs: 1 },
      }),
    );
  }

  /** Why a request is not taken. */
  #refusal(
    headers: http2.IncomingHttpHeaders,
    body: Buffer,
  ): { readonly status: number; readonly type: string; readonly message: string } | undefined {
    const { region = 'eu-north-1', models = ['amazon.nova-lite-v1:0'], credentials = FAKE_CREDENTIALS } = this.#o;
    const path = headers[':path'] ?? '';
    const model = ROUTE.exec(path)?.[1];
    if (model === undefined || headers[':method'] !== 'POST')
      return { status: 404, type: 'UnknownOperationException', message: 'Unknown operation' };
    const payloadHash = createHash('sha256').update(body).digest('hex');
    const checked = verifyRequest({
      method: 'POST',
      path,
      headers,
      credentials,
      region,
      epochMs: Date.now(),
      payloadHash,
    });
    if (!checked.ok) return checked.exception;
    const invalid = (message: string) => ({ status: 400, type: 'ValidationException', message });
    if (!models.includes(decodeURIComponent(model))) return invalid('The provided model identifier is invalid.');
    const read = converseRequest.safeParse(jsonOf(body));
    if (!read.success) {
      const [issue] = read.error.issues;
      return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    }
    this.requests.push(read.data);
    return undefined;
  }
}

async function bytesOf(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
