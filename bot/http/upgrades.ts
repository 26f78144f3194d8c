import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BotError } from '../errors';
import { refuse } from './refuse';
import { withOriginForm } from './request-target';

/** @returns whether the request is one that becomes a WebSocket here, and is seen to */
export type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Gives requests for an upgrade to who takes them. Node then gives none of them to the app any more, so what only offers
 * another protocol, as clients of HTTP/2 do, is answered as if it had not.
 */
export function takeUpgrades(
  server: Server,
  listener: RequestListener,
  upgrade: UpgradeListener,
  onTaken: (socket: Duplex) => void,
): void {
  const asUsual = withOriginForm(listener);
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (upgrade(req, socket, head)) {
      onTaken(socket);
      return;
    }
    if (!BODILESS.has(req.method ?? '')) {
      refuse(socket, new BotError('bad_request', 'This path offers no other protocol.'));
      return;
    }
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket as Socket); // Of a server that listens on TCP.
    res.once('finish', () => socket.end());
    asUsual(req, res);
  });
}
