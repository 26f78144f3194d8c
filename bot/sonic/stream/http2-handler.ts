import type { HttpRequest, HttpResponse } from '@smithy/types';
import { Http2Connection, type Http2ConnectionOptions } from './http2-connection';
import { TransportFault } from './transport-fault';

/** Learns what the SDK does not pass on about a request. */
export interface RequestWatcher {
  /** The SDK has prepared and signed the request; a connection is being made. */
  onSent(): void;
  /** The peer was reached and speaks HTTP/2. */
  onConnected(): void;
  /** Response headers with status 200: the service took the request, long before its first event. */
  onAccepted(): void;
  /** One output event: those do not pass through the SDK. */
  onChunk(bytes: Buffer): void;
  onFault(fault: TransportFault): void;
}

export const DEFAULT_HTTP2 = {
  connectTimeoutMs: 3_000,
  settingsTimeoutMs: 3_000,
  pingEveryMs: 5_000,
  pingTimeoutMs: 5_000,
} as const;

interface HandlerOptions {
  readonly abortSignal?: unknown;
}

/**
 * The SDK's HTTP handler for bidirectional streams: one connection a request. Only the public HttpHandler interface is
 * used. In place of the stock one because that has no limit for connecting, loses causes (refused, DNS, certificates
 * and HTTP/1.1 peers look alike), notices neither a dead peer while audio flows nor a reset, and hides the response
 * headers.
 */
export class DuplexHttp2Handler {
  readonly metadata = { handlerProtocol: 'h2' };
  readonly #options: Http2ConnectionOptions;
  readonly #watchers = new WeakMap<AbortSignal, RequestWatcher>();
  readonly #connections = new Set<Http2Connection>();

  constructor(options: Http2ConnectionOptions) {
    this.#options = options;
  }

  /** Connections that are open or opening. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /** Tells `watcher` about the request that is sent with `signal`. */
  watch(signal: AbortSignal, watcher: RequestWatcher): void {
    this.#watchers.set(signal, watcher);
  }

  handle(request: HttpRequest, options: HandlerOptions = {}): Promise<{ response: HttpResponse }> {
    const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined;
    const watcher = signal === undefined ? undefined : this.#watchers.get(signal);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) throw new TransportFault('aborted', 'the request was aborted before it was sent');
      watcher?.onSent();
      const abort = (): void => connection.abort();
      const connection = new Http2Connection(authorityOf(request), headersOf(request), request.body, this.#options, {
        onConnected: () => watcher?.onConnected(),
        onResponse: (statusCode, headers, body) => {
          if (statusCode === 200) watcher?.onAccepted();
          resolve({ response: { statusCode, headers, body } });
        },
        onChunk: (bytes) => watcher?.onChunk(bytes),
        onFault: (fault) => {
          watcher?.onFault(fault);
          // Without effect once there is a response: its body then carries the fault.
          reject(fault);
        },
        onClosed: () => {
          signal?.removeEventListener('abort', abort);
          this.#connections.delete(connection);
        },
      });
      this.#connections.add(connection);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Ends every connection: the SDK's own `destroy()` leaves event streams open. */
  destroy(): void {
    for (const connection of [...this.#connections]) connection.abort();
  }

  /** Part of the interface; the options are fixed at construction. */
  updateHttpClientConfig(): void {
    return;
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function authorityOf(request: HttpRequest): string {
  const port = request.port === undefined ? '' : `:${request.port}`;
  return `${request.protocol}//${request.hostname}${port}`;
}

function headersOf(request: HttpRequest): Record<string, string> {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
    ),
  );
  const path = query.length === 0 ? request.path : `${request.path}?${query.join('&')}`;
  return { ...request.headers, ':method': request.method, ':path': path };
}
