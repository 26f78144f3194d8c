import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http2, { type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { respondWithError } from './request-auth';
import { type AcceptedCredentials, FAKE_CREDENTIALS, verifyRequest } from './sigv4';

/** How the model answers one request: by the tool that it must use, in words only, with an error, or not at all. */
export type ConverseAnswer =
  | { readonly kind: 'tool'; readonly input: unknown }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string }
  | { readonly kind: 'hang' };

export interface FakeConverseOptions {
  readonly region?: string;
  readonly models?: readonly string[];
  readonly credentials?: AcceptedCredentials;
  /** Answers in turn; the last goes on. */
  readonly answers: readonly ConverseAnswer[];
}

/** What was asked, of requests that were taken. */
export type ConverseRequest = z.output<typeof requestShape>;

const text = z.strictObject({
  text: z
    .string()
    .refine(
      (value) => value.trim() !== '',
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    ),
});
const requestShape = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(text).min(1) }))
    .min(1)
    .refine(
      ([first]) => first?.role === 'user',
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    ),
  system: z.array(text).optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
    })
    .optional(),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          z.strictObject({
            toolSpec: z.strictObject({
              name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
              description: z.string().min(1).optional(),
              inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
            }),
          }),
        )
        .min(1),
      toolChoice: z.strictObject({ tool: z.strictObject({ name: z.string() }) }).optional(),
    })
    .refine(
      ({ tools, toolChoice }) =>
        toolChoice === undefined || tools.some(({ toolSpec }) => toolSpec.name === toolChoice.tool.name),
      'The toolChoice names a tool that is not among the tools.',
    )
    .optional(),
});

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
    const answer = this.#o.answers[Math.min(this.requests.length - 1, this.#o.answers.length - 1)];
    if (answer === undefined || answer.kind === 'hang') return;
    if (answer.kind === 'error') {
      respondWithError(stream, answer, Date.now());
      return;
    }
    const tool = this.requests.at(-1)?.toolConfig?.toolChoice?.tool.name;
    const content =
      answer.kind === 'words'
        ? { text: answer.text }
        : { toolUse: { toolUseId: `tooluse_${randomUUID()}`, name: tool, input: answer.input } };
    stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
    stream.end(
      JSON.stringify({
        output: { message: { role: 'assistant', content: [content] } },
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
    const read = requestShape.safeParse(jsonOf(body));
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
