import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { callMachineBundle, gatewayBundle } from './bundle';
import { DailyFaults } from './faults';
import { RestApi, type SeenRequest } from './rest-api';
import type { Room } from './room';
import { Rooms } from './rooms';
import { serveClient } from './signalling';
import { Telephone } from './telephone/telephone';

/** The API key that the sandbox takes. */
export const FAKE_DAILY_KEY = 'sandbox-daily-api-key-0123456789';

const BUNDLE_NAME = '/call-machine-object-bundle.js';

/** Daily on loopback. */
export interface FakeDaily {
  /** For DAILY_API_URL. */
  readonly apiUrl: string;
  /** The folder of the call machine, for daily-js's `bundlePathOverride`. */
  readonly bundleUrl: string;
  readonly apiKey: string;
  readonly faults: DailyFaults;
  /** Its numbers, and who calls them. */
  readonly telephone: Telephone;
  readonly rooms: readonly Room[];
  /** Requests of the REST API, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Open connections of clients to rooms. */
  readonly connections: number;
  /** Somebody's network goes: they notice nothing, the room sees them leave after `noticedAfterMs`. */
  vanish(room: Room, sessionId: string, noticedAfterMs: number): void;
  /** Somebody's connection to Daily breaks, and they notice: daily-js gives the meeting up. */
  drop(room: Room, sessionId: string): void;
  /** The page that carries a telephone caller's voice: see gateway/page.ts. */
  readonly gatewayUrl: string;
  /** How often the call machine was asked for. */
  readonly bundleRequests: number;
  close(): Promise<void>;
}

/** Starts Daily's REST API, rooms and call machine on 127.0.0.1. @param port any free one unless told */
export async function startFakeDaily({ port = 0 }: { port?: number } = {}): Promise<FakeDaily> {
  const key = FAKE_DAILY_KEY;
  const faults = new DailyFaults();
  let origin = '';
  let bundleRequests = 0;
  const rooms = new Rooms({ key, origin: () => origin });
  const telephone = new Telephone(rooms);
  rooms.watcher = telephone;
  const api = new RestApi({ rooms, keys: [key], faults, telephone });
  const bundle = await callMachineBundle();
  const server = createServer((req, res) => void serve(req, res));
  const sockets = new WebSocketServer({ noServer: true });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '/', 'http://sandbox');
    if (pathname.startsWith('/v1/')) {
      await api.answer(req, res, pathname.slice(3));
    } else if (pathname.endsWith(BUNDLE_NAME)) {
      bundleRequests += 1;
      if (faults.bundle === 'hangs') return;
      res.setHeader('Access-Control-Allow-Origin', '*');
      if (faults.bundle === 'fails') res.writeHead(503).end();
      else res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(bundle);
    } else if (pathname === '/gateway') {
      const script = `<!doctype html><title>gateway</title><link rel="icon" href="data:,"><script>${await gatewayBundle()}</script>`;
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(script);
    } else {
      res.writeHead(404).end();
    }
  }

  server.on('upgrade', (req, socket, head) => {
    if (req.url !== '/signal') {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(req, socket, head, (client) => serveClient(client, { rooms, key, faults, telephone }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${origin}/v1`,
    bundleUrl: `${origin}/static`,
    gatewayUrl: `${origin}/gateway`,
    apiKey: key,
    faults,
    telephone,
    get rooms() {
      return rooms.all;
    },
    get requests() {
      return api.seen;
    },
    get bundleRequests() {
      return bundleRequests;
    },
    get connections() {
      return sockets.clients.size;
    },
    vanish: (room, sessionId, noticedAfterMs) => {
      room.member(sessionId)?.send({ kind: 'vanish' });
      setTimeout(() => room.leave(sessionId), noticedAfterMs);
    },
    drop: (room, sessionId) => room.member(sessionId)?.cut(),
    close: async () => {
      telephone.close();
      rooms.close();
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
