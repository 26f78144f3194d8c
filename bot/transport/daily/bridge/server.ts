import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import { dailySources } from '../../../../contract/daily-hosts';
import { BotError } from '../../../errors';
import type { PageAssets } from './assets';

/** A frame of audio is 1 KB; app-messages of a big room are 100 KB at the most. */
const MAX_MESSAGE_BYTES = 256 * 1024;

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>calls</title></head><body><script src="/page.js"></script></body></html>`;

/**
 * The loopback server behind the pages: it serves the page itself, and takes one WebSocket for each call. A call is
 * known by a secret that travels to the page over the pipe and back in the handshake: it is in no address, and works once.
 */
export class BridgeServer {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // The secret is checked before the handshake; its echo is what the protocol asks for.
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  readonly #expected = new Map<string, (socket: WebSocket) => void>();
  #origin = '';

  private constructor(assets: PageAssets, policy: string) {
    this.#server = createServer((req, res) => serve(assets, policy, req, res));
    this.#server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(req, socket, head),
    );
  }

  /**
   * @param bundleUrl where the call machine is loaded from, if not from Daily
   * @throws BotError `listen_failed`
   */
  static async start(assets: PageAssets, bundleUrl?: string): Promise<BridgeServer> {
    const bridge = new BridgeServer(assets, pagePolicy(bundleUrl));
    await new Promise<void>((resolve, reject) => {
      bridge.#server.once('error', (error) =>
        reject(new BotError('listen_failed', 'no port on 127.0.0.1 is free for the browser', { cause: error })),
      );
      bridge.#server.listen(0, '127.0.0.1', resolve);
    });
    bridge.#origin = `http://127.0.0.1:${(bridge.#server.address() as AddressInfo).port}`;
    return bridge;
  }

  get pageUrl(): string {
    return `${this.#origin}/page`;
  }

  /** Open connections of calls. */
  get connections(): number {
    return this.#sockets.clients.size;
  }

  /** Makes the secret of a call. `accept` gets the page's socket, once; `forget` takes the secret back. */
  expect(accept: (socket: WebSocket) => void): { readonly secret: string; readonly forget: () => void } {
    const secret = randomBytes(24).toString('base64url');
    this.#expected.set(secret, accept);
    return { secret, forget: () => this.#expected.delete(secret) };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const secret = req.headers['sec-websocket-protocol'] ?? '';
    const accept = this.#expected.get(secret);
    if (req.url !== '/call' || req.headers.origin !== this.#origin || accept === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#expected.delete(secret);
    this.#sockets.handleUpgrade(req, socket, head, accept);
  }
}

/** The page loads its own scripts and Daily's, speaks with its own server and with Daily, and nothing more. */
function pagePolicy(bundleUrl: string | undefined): string {
  const { scripts, workers, connections } = dailySources(bundleUrl);
  return [
    "default-src 'none'",
    `script-src 'self' ${scripts.join(' ')}`,
    `worker-src 'self' ${workers.join(' ')}`,
    `connect-src 'self' ${connections.join(' ')}`,
    'media-src blob: mediastream:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function serve(assets: PageAssets, policy: string, req: IncomingMessage, res: ServerResponse): void {
  const send = (type: string, body: string): void => {
    const headers = {
      'Content-Type': `${type}; charset=utf-8`,
      'Cache-Control': 'no-store',
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
    };
    res.writeHead(200, headers).end(body);
  };
  if (req.method !== 'GET') res.writeHead(405).end();
  else if (req.url === '/page') send('text/html', PAGE);
  else if (req.url === '/page.js') send('text/javascript', assets.page);
  else if (req.url === '/worklet.js') send('text/javascript', assets.worklet);
  else res.writeHead(404).end();
}
