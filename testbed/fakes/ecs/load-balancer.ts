import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { NEXT_RELEASE_HEADER } from '../../../contract/http';
import { forwardUpgrade } from './upgrades';

/**
 * A small load balancer on loopback: hands requests to its targets in turn, as an ALB does by default, whatever they
 * answer. Addresses of a session go where the session was begun: with Daily a caller talks to the room and never comes
 * back through the load balancer, and over WebRTC the signalling must reach the process that took the call.
 */
export class LoadBalancer {
  /** Answers to POST /start that reached a caller, by status. */
  readonly starts = new Map<number, number>();
  readonly #server: Server;
  readonly #upgraded = new Set<Duplex>();
  readonly #targets: string[] = [];
  readonly #sessions = new Map<string, string>();
  /** Where requests of a release on its way go, where there is one. */
  nextRelease: string | undefined;
  #turn = 0;

  private constructor() {
    this.#server = createServer((req, res) => this.#forward(req, res));
    // As an ALB's idle timeout: with Node's five seconds a client's next request may meet a closing connection.
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head));
  }

  static async start(): Promise<LoadBalancer> {
    const balancer = new LoadBalancer();
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  register(target: string): void {
    if (!this.#targets.includes(target)) this.#targets.push(target);
  }

  /** New requests go elsewhere; sessions that are there still find it. */
  deregister(target: string): void {
    const index = this.#targets.indexOf(target);
    if (index >= 0) this.#targets.splice(index, 1);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #targetOf(path: string, release: unknown): string | undefined {
    const session = /^\/sessions\/([^/]+)\//.exec(path)?.[1];
    if (session !== undefined) return this.#sessions.get(session);
    if (release === NEXT_RELEASE_HEADER.value && this.nextRelease !== undefined) return this.nextRelease;
    this.#turn += 1;
    return this.#targets[this.#turn % this.#targets.length];
  }

  /** A WebSocket stays with its target, also when that is deregistered. */
  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#targetOf(req.url ?? '/', undefined);
    if (target === undefined) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#upgraded.add(socket);
    socket.once('close', () => this.#upgraded.delete(socket));
    forwardUpgrade(target, req, socket, head);
  }

  #forward(req: IncomingMessage, res: ServerResponse): void {
    const { method = 'GET', url: path = '/' } = req;
    const target = this.#targetOf(path, req.headers[NEXT_RELEASE_HEADER.name]);
    if (target === undefined) {
      res.writeHead(503).end();
      return;
    }
    const isStart = method === 'POST' && /^\/(start|connect)(\?|$)/.test(path);
    const onward = httpRequest(`${target}${path}`, { method, headers: req.headers }, (answer) => {
      const { statusCode: status = 502 } = answer;
      res.writeHead(status, answer.headers);
      if (!isStart) {
        answer.pipe(res);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => {
        const body = Buffer.concat(chunks);
        this.starts.set(status, (this.starts.get(status) ?? 0) + 1);
        this.#remember(body.toString(), target);
        res.end(body);
      });
    });
    onward.once('error', () => {
      if (!res.headersSent) res.writeHead(502);
      res.end();
    });
    req.pipe(onward);
  }

  #remember(body: string, target: string): void {
    const session = /"sessionId":"([^"]+)"/.exec(body)?.[1];
    if (session !== undefined) this.#sessions.set(session, target);
  }
}
