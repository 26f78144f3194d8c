import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { BotError } from '../errors';
import type { Telemetry } from '../telemetry';
import { capConnections } from './connection-cap';
import { answerWith } from './problem';
import { refuse } from './refuse';
import { withOriginForm } from './request-target';
import { takeUpgrades, type UpgradeListener } from './upgrades';

/** Times in ms, sizes in bytes; Node's names. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  /** All headers must have come by then: a client that sends them byte by byte cannot hold a connection for longer. */
  headersTimeout: 15_000,
  /** The whole request; the largest body is 256 KB. */
  requestTimeout: 30_000,
  /** Longer than the load balancer keeps a connection idle (120 s), so that it never writes into one that is closed. */
  keepAliveTimeout: 130_000,
  connectionsCheckingInterval: 5000,
  /** A browser opens six, a load balancer some dozens; each idle one costs some KB. */
  maxConnections: 512,
};

/** An HTTP server that starts once and stops once. */
export interface HttpServer {
  /** Listens; port 0 is any free one. @throws BotError `listen_failed` */
  start(host: string, port: number): Promise<{ host: string; port: number }>;
  /** Takes no new connection, lets requests finish for `graceMs`, then cuts them off. Idempotent, never throws. */
  stop(graceMs: number): Promise<void>;
}

/** `limits` replace single ones of the defaults above; `upgrade` takes requests that are to become WebSockets. */
export function createHttpServer(
  listener: RequestListener,
  telemetry: Telemetry,
  limits: Partial<typeof LIMITS> = {},
  upgrade?: UpgradeListener,
): HttpServer {
  const { maxConnections, ...options } = { ...LIMITS, ...limits };
  // Node's own answer to a request without Host is empty: ours is in `withOriginForm`.
  const server = createServer({ ...options, requireHostHeader: false }, withOriginForm(listener));
  const cap = capConnections(server, maxConnections, telemetry);
  if (upgrade !== undefined) takeUpgrades(server, listener, upgrade, (socket) => cap.leave(socket));
  answerMalformed(server, telemetry);
  server.on('request', (_req, res) => {
    // Node keeps a connection alive whose answer was under way while the server stopped, and waits for it.
    res.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
  let stopped: Promise<void> | undefined;
  return {
    start: (host, port) => listen(server, host, port),
    stop: (graceMs) => (stopped ??= close(server, graceMs)),
  };
}

function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const hint = error.code === 'EADDRINUSE' ? ': another process uses this port' : '';
      const message = `Cannot listen on HOST ${host}, FAST_API_PORT ${port} (${error.code ?? error.name})${hint}.`;
      reject(new BotError('listen_failed', message, { cause: error }));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      const { address, port: bound } = server.address() as AddressInfo; // Of a server that listens on TCP.
      resolve({ host: address, port: bound });
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What Node's parser reports, by its code; all else is a plain 400. */
const PARSER_PROBLEMS: Readonly<Record<string, BotError>> = {
  HPE_HEADER_OVERFLOW: new BotError('headers_too_large', 'The request headers are too large.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new BotError('payload_too_large', 'The chunk extensions are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new BotError('request_timeout', 'The request took too long to arrive.'),
};
const NOT_HTTP = new BotError('bad_request', 'This is not a valid HTTP request.');
const NO_EXPECTATIONS = new BotError('bad_request', 'The only expectation this server knows is 100-continue.');
const NO_TUNNELS = new BotError('method_not_allowed', 'This server is no proxy.');

/** Answers bytes that are no HTTP request with a problem, too, and ends the connection. */
function answerMalformed(server: Server, telemetry: Telemetry): void {
  // Answers under way: once one of them has begun, another would land in the middle of it.
  const answers = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', ({ socket }, res) => {
    const underWay = answers.get(socket) ?? new Set();
    answers.set(socket, underWay.add(res));
    res.once('close', () => underWay.delete(res));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    telemetry.record('httpMalformed', {});
    const hasBegun = [...(answers.get(socket) ?? [])].some((res) => res.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegun) socket.destroy(error);
    else refuse(socket, PARSER_PROBLEMS[error.code ?? ''] ?? NOT_HTTP);
  });
  server.on('checkExpectation', (_req, res) => {
    telemetry.record('httpMalformed', {});
    answerWith(res, NO_EXPECTATIONS);
  });
  server.on('connect', (_req, socket) => {
    telemetry.record('httpMalformed', {});
    socket.on('error', () => socket.destroy());
    refuse(socket, NO_TUNNELS);
  });
}
