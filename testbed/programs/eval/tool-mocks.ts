import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { ToolMock } from '../../../evals/scenario';

const asked = z.object({
  agent: z.string(),
  callId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  /** `<callId>-<toolUseId>` */
  idempotencyKey: z.string(),
});
const MAX_BYTES = 64 * 1024;

/** How a tool answers, whatever the mode. */
type Answer = Omit<ToolMock, 'mock'>;

const resultOf = ({ result, result_bytes: bytes }: Answer): unknown =>
  bytes === undefined ? (result ?? {}) : { text: 'x'.repeat(bytes) };

/** Answers for the tools that a scenario mocks, and counts what was really carried out. */
export class ToolMocks {
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  #mocks: Readonly<Record<string, ToolMock>> = {};
  #recorded: ReadonlyMap<string, unknown> = new Map();
  #effects: Record<string, number> = {};

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<ToolMocks> {
    const mocks = new ToolMocks();
    mocks.#server.listen(0, '127.0.0.1');
    await once(mocks.#server, 'listening');
    return mocks;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** By tool, how often it was carried out since `use`. */
  get effects(): Readonly<Record<string, number>> {
    return this.#effects;
  }

  /** @param recorded by the id of a tool use, what is answered where nothing is mocked */
  use(mocks: Readonly<Record<string, ToolMock>>, recorded: ReadonlyMap<string, unknown> = new Map()): void {
    this.#mocks = mocks;
    this.#recorded = recorded;
    this.#effects = {};
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      if (chunks.reduce((sum, { length }) => sum + length, 0) > MAX_BYTES) return void response.writeHead(413).end();
    }
    const { tool, callId, idempotencyKey } = asked.parse(JSON.parse(Buffer.concat(chunks).toString()));
    this.#effects = { ...this.#effects, [tool]: (this.#effects[tool] ?? 0) + 1 };
    const mock: Answer | undefined = this.#mocks[tool] ?? this.#recordedAs(idempotencyKey.slice(callId.length + 1));
    if (mock === undefined) return void response.writeHead(204).end();
    if (mock.hangs === true) return;
    const instead = mock.error === undefined ? { result: resultOf(mock) } : { error: mock.error };
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(instead));
    }, mock.after_ms ?? 0);
    this.#timers.add(timer);
  }

  #recordedAs(toolUseId: string): Answer | undefined {
    return this.#recorded.has(toolUseId) ? { result: this.#recorded.get(toolUseId) } : undefined;
  }
}
