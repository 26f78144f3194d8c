import type { CallToolResult, Client, PriorDiscovery, Tool as ListedTool } from '@modelcontextprotocol/client' with {
  'resolution-mode': 'import',
};
import type { McpTools } from '../../../contract/agent';
import type { ToolServices } from '../declared';
import { endsWithin } from '../../time';
import { ToolFailure } from '../tool';
import { type Access, openAccess } from './access';
import { type RequestFate, ServerFetch } from './server-fetch';

/** In a call, a new session may take so long; at start, a server and its list. */
const RECONNECT_WITHIN_MS = 1_500;
const OPEN_WITHIN_MS = 10_000;

interface Session {
  readonly client: Client;
  /** Requests under way. One that is over is closed after the last of them, which would be broken off otherwise. */
  running: number;
  isOver: boolean;
}

type ServerServices = Pick<ToolServices, 'secrets' | 'network' | 'clock'>;

/** Another's tools, over one session that is made anew when the server has forgotten it. */
export class McpServer {
  readonly #url: URL;
  readonly #access: Access;
  readonly #services: ServerServices;
  readonly #fetch: ServerFetch;
  readonly #sdk: Awaited<ReturnType<typeof loadSdk>>;
  readonly #onListChanged: (tools: readonly ListedTool[]) => void;
  /** The session, or the one attempt at it that all who wait share. */
  #session: Promise<Session> | undefined;
  #current: Session | undefined;
  /** Which revision of the protocol it was found to speak: asked again only where that has changed. */
  #prior: PriorDiscovery | undefined;
  #isClosed = false;

  private constructor(
    declared: McpTools,
    access: Access,
    sdk: Awaited<ReturnType<typeof loadSdk>>,
    services: ServerServices,
    onListChanged: (tools: readonly ListedTool[]) => void,
  ) {
    this.#url = new URL(declared.url);
    this.#access = access;
    this.#services = services;
    this.#fetch = new ServerFetch(access.fetch);
    this.#sdk = sdk;
    this.#onListChanged = onListChanged;
  }

  /** Loads MCP's client, which nobody needs where no agent has a server. Connects to nothing yet. */
  static async of(
    declared: McpTools,
    services: ServerServices,
    onListChanged: (tools: readonly ListedTool[]) => void,
  ): Promise<McpServer> {
    const access = await openAccess(declared.access, services, services.network.fetch);
    return new McpServer(declared, access, await loadSdk(), services, onListChanged);
  }

  /** Every tool of the server. @throws whatever kept it from being listed within 10 s */
  async list(): Promise<readonly ListedTool[]> {
    const { client } = await this.#connected(OPEN_WITHIN_MS);
    const fate = newFate();
    const { tools } = await this.#fetch.watched(fate, () => client.listTools(undefined, { timeout: OPEN_WITHIN_MS }));
    return tools;
  }

  /** @throws ToolFailure in words that may be spoken */
  async call(
    name: string,
    args: Record<string, unknown>,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<CallToolResult> {
    try {
      const session = await this.#connected(RECONNECT_WITHIN_MS);
      const first = await this.#ask(session, name, args, signal, timeoutMs);
      if (first.kind === 'answered') return first.result;
      // The server refused the request unread, so it is sent once more, in a new session.
      this.#forget(session);
      const again = await this.#ask(await this.#connected(RECONNECT_WITHIN_MS), name, args, signal, timeoutMs);
      if (again.kind === 'answered') return again.result;
      throw new ToolFailure('The service could not be reached.', { reason: 'the server knows no session' });
    } catch (error) {
      throw failureOf(error, this.#sdk);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    await session?.client.close().catch(() => undefined);
  }

  async #ask(
    session: Session,
    name: string,
    args: Record<string, unknown>,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<{ readonly kind: 'answered'; readonly result: CallToolResult } | { readonly kind: 'session-gone' }> {
    const controller = new AbortController();
    const fate = newFate(() => controller.abort());
    const options = { signal: AbortSignal.any([signal, controller.signal]), timeout: timeoutMs };
    session.running += 1;
    try {
      const result = await this.#fetch.watched(fate, () => session.client.callTool({ name, arguments: args }, options));
      return { kind: 'answered', result: result };
    } catch (error) {
      if (fate.isTooLong) {
        const reason = 'answered with more than 64 KB';
        throw new ToolFailure('The service gave an answer that is too long.', {
          cause: error,
          reason,
          mayHaveRun: true,
        });
      }
      if (fate.isSessionGone) {
        this.#prior = undefined;
        return { kind: 'session-gone' };
      }
      throw error;
    } finally {
      session.running -= 1;
      closeIfDone(session);
    }
  }

  async #connected(withinMs: number): Promise<Session> {
    if (this.#isClosed) throw new ToolFailure('The service is not there any more.', { reason: 'closed' });
    const session = (this.#session ??= this.#open());
    const isInTime = await endsWithin(this.#services.clock, withinMs, session).catch((error: unknown) => {
      // The next call tries anew.
      if (this.#session === session) this.#session = undefined;
      throw error;
    });
    if (!isInTime) throw new ToolFailure('The service could not be reached.', { reason: 'no session in time' });
    return session;
  }

  async #open(): Promise<Session> {
    const { Client, StreamableHTTPClientTransport } = this.#sdk;
    const client = new Client(
      { name: 'voice-agent', version: '1' },
      {
        // 2026-07-28 knows no session that could be forgotten; a server that does not speak it is asked as before.
        versionNegotiation: { mode: 'auto' },
        listChanged: {
          tools: {
            autoRefresh: true,
            onChanged: (error, tools) => {
              if (error === null && tools !== null) this.#onListChanged(tools);
            },
          },
        },
      },
    );
    const { authProvider } = this.#access;
    const transport = new StreamableHTTPClientTransport(this.#url, {
      fetch: this.#fetch.fetch,
      ...(authProvider === undefined ? {} : { authProvider }),
    });
    const session: Session = { client, running: 0, isOver: false };
    client.onclose = () => this.#forget(session);
    client.onerror = () => undefined; // What it is about fails, too, and says so.
    try {
      const prior = this.#prior;
      await client.connect(transport, { timeout: OPEN_WITHIN_MS, ...(prior === undefined ? {} : { prior }) });
    } catch (error) {
      this.#prior = undefined;
      await client.close().catch(() => undefined);
      throw error;
    }
    const discover = client.getDiscoverResult();
    this.#prior = discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
    this.#current = session;
    return session;
  }

  /** A session that is over is not used again; another may have taken its place already. */
  #forget(session: Session): void {
    if (this.#current === session) {
      this.#current = undefined;
      this.#session = undefined;
    }
    session.isOver = true;
    closeIfDone(session);
  }
}

function closeIfDone({ client, running, isOver }: Session): void {
  if (isOver && running === 0) void client.close().catch(() => undefined);
}

function loadSdk() {
  return import('@modelcontextprotocol/client');
}

function newFate(onTooLong: () => void = () => undefined): RequestFate {
  return { isSessionGone: false, isTooLong: false, onTooLong };
}

function failureOf(
  error: unknown,
  { SdkError, SdkErrorCode, ProtocolError }: Awaited<ReturnType<typeof loadSdk>>,
): ToolFailure {
  if (error instanceof ToolFailure) return error;
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) {
      return new ToolFailure('That took too long.', { cause: error, code: 'tool_timed_out', mayHaveRun: true });
    }
    return new ToolFailure('The service could not be reached.', { cause: error, reason: error.code, mayHaveRun: true });
  }
  if (error instanceof ProtocolError) {
    return new ToolFailure('The service did not accept that.', { cause: error, reason: `MCP error ${error.code}` });
  }
  const reason = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'unknown';
  return new ToolFailure('The service could not be reached.', { cause: error, reason, mayHaveRun: true });
}
