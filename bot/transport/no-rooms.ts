import { BotError } from '../errors';
import type { CallRooms, RoomsHealth } from './rooms';

/** In place of rooms that cannot be had: the process runs, says why, and takes no calls. */
export class NoRooms implements CallRooms {
  readonly health: RoomsHealth;

  constructor(detail: string) {
    this.health = { ok: false, detail };
  }

  open(): Promise<never> {
    return Promise.reject(new BotError('transport_unavailable', this.health.detail));
  }

  check(): Promise<RoomsHealth> {
    return Promise.resolve(this.health);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
