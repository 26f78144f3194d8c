import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMcpHandler,
  type McpHttpHandler,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

interface Session {
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
}

export interface McpFakeOptions {
  /** Puts tools on a server; on a modern one, for each request. */
  readonly offer: (server: McpServer) => void;
  /** Whether it speaks 2026-07-28, without sessions, and nothing else. */
  readonly isModern?: boolean;
  /** Refuses a request before MCP sees it. */
  readonly gate?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** What is answered for a session that is not known: 404 by the protocol. */
  readonly unknownStatus?: number;
}

/** A real MCP server over Streamable HTTP: the SDK's, with sessions that can be forgotten. */
export class McpFake {
  readonly sessions = new Map<string, Session>();
  readonly requests: {
    readonly method: string;
    readonly session: string | undefined;
    readonly authorization: string | undefined;
    readonly version: string | undefined;
  }[] = [];
  #modern: McpHttpHandler | undefined;
  readonly #options: McpFakeOptions;
  readonly #http = createServer(
    (request, response) => void this.#answer(request, response).catch(() => response.destroy()),
  );
  #opened = 0;

  constructor(options: McpFakeOptions) {
    this.#options = options;
    if (options.isModern === true) this.upgrade();
  }

  /** From now on it speaks 2026-07-28. */
  upgrade(): void {
    this.#modern = createMcpHandler(() => this.#newServer(), { legacy: 'reject' });
  }

  /** From now on it does not. */
  downgrade(): void {
    this.#modern = undefined;
  }

  /** Tells whoever listens that its tools have changed. */
  toolsChanged(): void {
    this.#modern?.notify.toolsChanged();
  }

  get opened(): number {
    return this.#opened;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** As a server does that was restarted. */
  forget(): void {
    for (const { transport } of this.sessions.values()) void transport.close();
    this.sessions.clear();
  }

  /** Breaks every connection, as a process does that dies. */
  die(): void {
    this.#http.closeAllConnections();
  }

  async close(): Promise<void> {
    this.forget();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const message = body === '' ? undefined : (JSON.parse(body) as { method?: string });
    const id = request.headers['mcp-session-id'] as string | undefined;
    this.requests.push({
      method: message?.method ?? request.method ?? '',
      session: id,
      authorization: request.headers.authorization,
      version: request.headers['mcp-protocol-version'] as string | undefined,
    });
    if (this.#options.gate?.(request, response) === false) return;
    const asked = new Request(`http://mcp.clinic.example${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers: request.headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    });
    if (this.#modern !== undefined) {
      await pass(await this.#modern.fetch(asked), response);
      return;
    }
    let session = id === undefined ? undefined : this.sessions.get(id);
    if (session === undefined && message?.method !== 'initialize') {
      response.writeHead(this.#options.unknownStatus ?? 404).end('Session not found');
      return;
    }
    session ??= await this.#open();
    await pass(await session.transport.handleRequest(asked), response);
  }

  async #open(): Promise<Session> {
    this.#opened += 1;
    const server = this.#newServer();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void this.sessions.set(id, { server, transport }),
    });
    await server.connect(transport);
    return { server, transport };
  }

  #newServer(): McpServer {
    const server = new McpServer({ name: 'clinic', version: '1.0.0' });
    this.#options.offer(server);
    return server;
  }
}

async function pass(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  const reader = answer.body.getReader();
  response.on('close', () => void reader.cancel().catch(() => undefined));
  for (let part = await reader.read(); !part.done; part = await reader.read()) response.write(part.value);
  response.end();
}
