import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Telemetry } from '../telemetry';

/** One line a minute says enough of a flood. */
const TELL_EVERY_MS = 60_000;

export interface ConnectionCap {
  /** A connection that is no longer HTTP: it counts no more, and is not idle because no requests come on it. */
  leave(socket: Duplex): void;
}

/**
 * Keeps a server at `max` connections: one more closes the one that has been idle for longest, so that idle ones
 * cannot keep others out, or is itself closed where all are at work.
 */
export function capConnections(server: Server, max: number, telemetry: Telemetry): ConnectionCap {
  /** The oldest first, with the requests under way on each. */
  const requests = new Map<Duplex, number>();
  let closed = 0;
  let toldMs = -Infinity;
  const tell = (): void => {
    closed += 1;
    if (performance.now() - toldMs < TELL_EVERY_MS) return;
    telemetry.record('connectionsCapped', { closed, max });
    closed = 0;
    toldMs = performance.now();
  };
  server.on('connection', (socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
    if (requests.size <= max) return;
    const [idlest = socket] = [...requests].find(([one, underWay]) => one !== socket && underWay === 0) ?? [];
    requests.delete(idlest);
    idlest.destroy();
    tell();
  });
  server.on('request', ({ socket }, res) => {
    const change = (by: number): void => {
      const underWay = requests.get(socket);
      if (underWay !== undefined) requests.set(socket, underWay + by);
    };
    change(1);
    res.once('close', () => change(-1));
  });
  return { leave: (socket) => requests.delete(socket) };
}
