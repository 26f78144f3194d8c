import { connect, constants } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionOptions,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
  SecureClientSessionOptions,
} from 'node:http2';
import { finished, type Readable } from 'node:stream';
import type { Clock, Timer } from '../../time';
import { ResponseReader } from './response-reader';
import { InputQueue } from './input-queue';
import { faultOf, TransportFault } from './transport-fault';

export interface Http2ConnectionOptions {
  readonly clock: Clock;
  /** Limit for TCP and TLS. */
  readonly connectTimeoutMs: number;
  /** Limit from there to the peer's SETTINGS frame. */
  readonly settingsTimeoutMs: number;
  /** A PING is sent so long after the last was answered; 0 sends none. */
  readonly pingEveryMs: number;
  readonly pingTimeoutMs: number;
  /** E.g. a private `ca`. */
  readonly connectOptions?: ClientSessionOptions | SecureClientSessionOptions;
}

/** What the connection tells the request it carries. `onResponse` and `onFault` come at most once each. */
export interface Http2ConnectionEvents {
  /** The peer speaks HTTP/2. */
  onConnected(): void;
  /** `body` is what the SDK is to read: all of the response but its output events. */
  onResponse(status: number, headers: Record<string, string>, body: Readable): void;
  /** One output event, from the response of a request that was taken. What this throws, the body fails with. */
  onChunk(bytes: Buffer): void;
  /** The first thing that went wrong, if anything does. */
  onFault(fault: TransportFault): void;
  /** Last of all. */
  onClosed(): void;
}

type Phase = 'connecting' | 'settling' | 'up' | 'closed';

/**
 * One HTTP/2 connection that carries one request in full duplex, as the SDK's own handler does for event streams, but
 * with limits for connecting, a PING watchdog, and the real cause of each failure.
 */
export class Http2Connection {
  readonly #options: Http2ConnectionOptions;
  readonly #events: Http2ConnectionEvents;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #body: unknown;
  #phase: Phase = 'connecting';
  /** The one timer: connecting, then settling, then between PINGs, then waiting for an answer to one. */
  #timer: Timer | undefined;
  #fault: TransportFault | undefined;
  #hasResponse = false;
  #isCutOff = false;

  constructor(
    authority: string,
    headers: OutgoingHttpHeaders,
    body: unknown,
    options: Http2ConnectionOptions,
    events: Http2ConnectionEvents,
  ) {
    this.#options = options;
    this.#events = events;
    this.#body = body;
    this.#session = connect(authority, options.connectOptions ?? {});
    this.#session.on('error', (error: Error) => this.#fail(faultOf(error, this.#phase === 'up')));
    this.#session.once('connect', () => this.#onConnect());
    this.#session.once('remoteSettings', () => this.#onSettings());
    this.#session.on('goaway', (code: number) => this.#onGoaway(code));
    this.#stream = this.#request(headers);
    this.#stream.on('error', (error: Error) => this.#fail(faultOf(error, this.#phase === 'up')));
    this.#stream.on('aborted', () => this.#onAborted());
    this.#stream.once('response', (response) => this.#onResponse(response));
    this.#stream.once('close', () => this.#onClose());
    this.#arm(options.connectTimeoutMs, 'connect-timeout', 'no connection');
    if (body instanceof InputQueue) body.flowInto(this.#stream);
    else this.#stream.end(body);
  }

  /** Ends the connection now. Idempotent. */
  abort(): void {
    if (this.#phase === 'closed') return;
    this.#fail(new TransportFault('aborted', 'the request was aborted'));
  }

  #request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    try {
      return this.#session.request(headers);
    } catch (error) {
      this.#session.destroy();
      throw error;
    }
  }

  #onConnect(): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'settling';
    this.#arm(this.#options.settingsTimeoutMs, 'settings-timeout', 'no SETTINGS frame');
  }

  #onSettings(): void {
    if (this.#phase === 'closed' || this.#phase === 'up') return;
    this.#phase = 'up';
    this.#timer?.cancel();
    this.#schedulePing();
    this.#events.onConnected();
  }

  #onResponse(response: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    this.#hasResponse = true;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response)) {
      if (typeof value === 'string') headers[name] = value;
      else if (Array.isArray(value)) headers[name] = value.join(', ');
    }
    const status = response[':status'] ?? 0;
    this.#events.onResponse(status, headers, status === 200 ? this.#readEvents() : this.#stream);
  }

  #readEvents(): Readable {
    const reader = new ResponseReader((bytes) => this.#events.onChunk(bytes));
    this.#stream.on('data', (piece: Buffer) => {
      try {
        reader.take(piece);
      } catch (error) {
        reader.end(error instanceof Error ? error : new Error('an output event could not be taken', { cause: error }));
      }
    });
    finished(this.#stream, { writable: false }, (error) => reader.end(error ?? undefined));
    return reader.rest;
  }

  #onGoaway(code: number): void {
    // GOAWAY(0) only says that no new request is welcome; this one goes on.
    if (code !== constants.NGHTTP2_NO_ERROR) this.#fail(new TransportFault('goaway', `GOAWAY with code ${code}`));
  }

  /** RST_STREAM; or the connection went away beneath the stream, for a reason that comes as an error next, if at all. */
  #onAborted(): void {
    if (this.#session.destroyed) this.#isCutOff = true;
    else this.#fail(new TransportFault('stream-reset', `RST_STREAM with code ${this.#stream.rstCode}`));
  }

  #onClose(): void {
    if (this.#phase === 'closed') return;
    if (this.#isCutOff) this.#note(new TransportFault('connection-lost', 'the connection was closed'));
    else if (!this.#hasResponse) this.#note(new TransportFault('no-response', 'the stream ended without a response'));
    this.#shut(undefined);
  }

  #schedulePing(): void {
    const { pingEveryMs, pingTimeoutMs, clock } = this.#options;
    if (pingEveryMs <= 0) return;
    this.#timer = clock.after(pingEveryMs, () => {
      this.#arm(pingTimeoutMs, 'ping-lost', 'a PING was not answered');
      this.#session.ping((error) => {
        if (this.#phase === 'closed') return;
        this.#timer?.cancel();
        // Node sends no PING once the peer has said GOAWAY(0): the stream goes on, without this watchdog.
        if (error === null) this.#schedulePing();
      });
    });
  }

  #arm(limitMs: number, kind: TransportFault['kind'], what: string): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(limitMs, () =>
      this.#fail(new TransportFault(kind, `${what} within ${limitMs} ms`)),
    );
  }

  #fail(fault: TransportFault): void {
    if (this.#phase === 'closed') return;
    this.#note(fault);
    this.#shut(fault);
  }

  #note(fault: TransportFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#events.onFault(fault);
  }

  #shut(fault: TransportFault | undefined): void {
    this.#phase = 'closed';
    this.#timer?.cancel();
    if (this.#body instanceof InputQueue) this.#body.stop();
    if (!this.#stream.destroyed) this.#stream.destroy(fault);
    if (!this.#session.destroyed) this.#session.destroy();
    this.#events.onClosed();
  }
}
