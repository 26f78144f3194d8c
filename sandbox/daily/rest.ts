import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DailyRestOptions {
  /** The keys that are good. */
  readonly apiKeys: readonly string[];
}

/** An error in Daily's shape (docs.daily.co, "Errors"): a stable name, and free text. */
interface DailyError {
  readonly status: number;
  readonly error: string;
  readonly info: string;
}

/**
 * Daily's REST API on loopback, as much of it as a key's check needs: `GET /v1/rooms`. It checks what the real one
 * checks, in its order, with its names of errors.
 */
export class DailyRest {
  /** Requests by method, path and status, oldest first. Never a key. */
  readonly requests: string[] = [];
  /** Answered instead, while set. */
  fault: DailyError | undefined;
  readonly #apiKeys: ReadonlySet<string>;
  readonly #server = createServer((request, response) => this.#take(request, response));

  private constructor(options: DailyRestOptions) {
    this.#apiKeys = new Set(options.apiKeys);
  }

  static async start(options: DailyRestOptions): Promise<DailyRest> {
    const rest = new DailyRest(options);
    await new Promise<void>((resolve) => rest.#server.listen(0, '127.0.0.1', resolve));
    return rest;
  }

  /** For DAILY_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const problem = this.fault ?? this.#problemWith(request, url);
    const status = problem?.status ?? 200;
    this.requests.push(`${request.method ?? ''} ${url.pathname} ${status}`);
    const body = problem === undefined ? { total_count: 0, data: [] } : { error: problem.error, info: problem.info };
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }

  #problemWith({ method, headers }: IncomingMessage, url: URL): DailyError | undefined {
    const [scheme, key, ...more] = (headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || key === undefined || key === '' || more.length > 0) {
      return { status: 400, error: 'authorization-header-error', info: 'bad Authorization header format' };
    }
    if (!this.#apiKeys.has(key)) return { status: 401, error: 'authentication-error', info: '' };
    if (method !== 'GET' || url.pathname !== '/v1/rooms') return { status: 404, error: 'not-found', info: '' };
    const limit = url.searchParams.get('limit');
    if (limit !== null && !/^([1-9]\d?|100)$/.test(limit)) {
      return { status: 400, error: 'invalid-request-error', info: 'limit must be a number from 1 to 100' };
    }
    return undefined;
  }
}
