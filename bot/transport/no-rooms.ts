import { BotError } from '../errors';
import type { CallRooms, RoomsHealth } from './rooms';

/** In place of rooms that cannot be had: the process runs, says why, and takes no calls. */
export function noRooms(detail: string): CallRooms {
  const health: RoomsHealth = { ok: false, detail };
  return {
    health,
    open: () => Promise.reject(new BotError('transport_unavailable', detail)),
    check: () => Promise.resolve(health),
    close: () => Promise.resolve(),
  };
}
