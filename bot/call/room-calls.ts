import { BotError } from '../errors';
import type { CallRooms, RoomsHealth } from '../transport/rooms';
import type { CloseReason } from '../transport/transport';
import type { SdpAnswer } from '../transport/webrtc/signalling';
import type { CallDeps } from './call-deps';
import type { Calls, CallsStatus, CallSummary, StartedCall, Starter } from './calls';
import { CallSlots } from './call-slots';

/** Calls in rooms that both sides enter: the bot goes first, and whoever asked is told where it is. */
export class RoomCalls implements Calls {
  readonly #rooms: CallRooms;
  readonly #slots: CallSlots;

  constructor(options: { rooms: CallRooms; deps: CallDeps; maxCalls: number }) {
    this.#rooms = options.rooms;
    this.#slots = new CallSlots(options);
  }

  get status(): CallsStatus {
    return { ...this.#slots.status, rooms: this.#rooms.health };
  }

  async start({ caller }: Starter = {}): Promise<StartedCall> {
    const id = await this.#slots.reserve(caller);
    try {
      const { transport, entrance } = await this.#rooms.open();
      // The process may have begun to drain, or the place been given up, while the room was made.
      if (!this.#slots.isReserved(id)) {
        await transport.close('never-connected');
        throw new BotError('draining', 'This server is about to stop. Please try again.', { retryAfterSeconds: 1 });
      }
      this.#slots.begin(id, transport);
      return { sessionId: id, entrance };
    } catch (error) {
      this.#slots.release(id);
      const refusal = BotError.from(error);
      // The HTTP layer records all others.
      const isOurs = refusal.code === 'at_capacity' || refusal.code === 'draining';
      throw isOurs ? this.#slots.refused(refusal) : refusal;
    }
  }

  offer(): Promise<SdpAnswer> {
    return Promise.reject(new BotError('session_unknown', 'Calls are taken in rooms here; there is nothing to offer.'));
  }

  addCandidates(): void {
    throw new BotError('peer_unknown', 'Calls are taken in rooms here; there is no such peer connection.');
  }

  list(): readonly CallSummary[] {
    return this.#slots.list();
  }

  get(id: string): CallSummary {
    return this.#slots.get(id);
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#slots.end(id, reason);
  }

  drain(limitMs: number): Promise<void> {
    return this.#slots.drain(limitMs);
  }

  deepCheck(): Promise<RoomsHealth> {
    return this.#rooms.check();
  }
}
