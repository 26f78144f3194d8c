import { BotError } from '../errors';
import type { CallRooms, RoomsHealth } from '../transport/rooms';
import type { CloseReason } from '../transport/transport';
import type { SdpAnswer } from '../transport/webrtc/signalling';
import type { CallDeps } from './call-deps';
import type { CallService, CallServiceStatus, CallSummary, StartedCall, Starter } from './calls';
import { Lines } from './call-slots';

/** Calls in rooms that both sides enter: the bot goes first, and whoever asked is told where it is. */
export class RoomCallService implements CallService {
  readonly #rooms: CallRooms;
  readonly #lines: Lines;

  constructor(options: { rooms: CallRooms; deps: CallDeps; maxCalls: number }) {
    this.#rooms = options.rooms;
    this.#lines = new Lines(options);
  }

  get status(): CallServiceStatus {
    return { ...this.#lines.status, rooms: this.#rooms.health };
  }

  async start({ caller }: Starter = {}): Promise<StartedCall> {
    const id = await this.#lines.reserve(caller);
    try {
      const { transport, entrance } = await this.#rooms.open();
      // The process may have begun to drain, or the place been given up, while the room was made.
      if (!this.#lines.isReserved(id)) {
        await transport.close('never-connected');
        throw new BotError('draining', 'This server is about to stop. Please try again.', { retryAfterSeconds: 1 });
      }
      this.#lines.begin(id, transport);
      return { sessionId: id, entrance };
    } catch (error) {
      this.#lines.release(id);
      const refusal = BotError.from(error);
      // The HTTP layer records all others.
      const isOurs = refusal.code === 'at_capacity' || refusal.code === 'draining';
      throw isOurs ? this.#lines.refused(refusal) : refusal;
    }
  }

  offer(): Promise<SdpAnswer> {
    return Promise.reject(new BotError('session_unknown', 'Calls are taken in rooms here; there is nothing to offer.'));
  }

  addCandidates(): void {
    throw new BotError('peer_unknown', 'Calls are taken in rooms here; there is no such peer connection.');
  }

  list(): readonly CallSummary[] {
    return this.#lines.list();
  }

  get(id: string): CallSummary {
    return this.#lines.get(id);
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#lines.end(id, reason);
  }

  drain(limitMs: number): Promise<void> {
    return this.#lines.drain(limitMs);
  }

  deepCheck(): Promise<RoomsHealth> {
    return this.#rooms.check();
  }
}
