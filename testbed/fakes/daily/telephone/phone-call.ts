import { randomUUID } from 'node:crypto';
import type { Room } from '../room';

/** How to join a room as the gateway that carries the caller's voice. */
export interface LegEntrance {
  readonly url: string;
  readonly token: string;
}

/** What became of a call. */
export type PhoneCallEnd = 'caller-hung-up' | 'put-out' | 'transferred' | 'failed' | 'held-too-long';

/** A telephone call to the domain, held with music until it is put through to a room; or one out of a room. */
export class PhoneCall {
  readonly callId = randomUUID();
  readonly callDomain = 'sandbox-domain';
  readonly from: string;
  readonly to: string;
  /** Somebody calls the domain, or is called. */
  readonly direction: 'in' | 'out';
  /** Resolves when it is put through: a gateway must then join with this. */
  readonly entrance: Promise<LegEntrance>;
  readonly ended: Promise<PhoneCallEnd>;
  transferredTo: string | undefined;
  room: Room | undefined;
  #sessionId = '';
  #end: PhoneCallEnd | undefined;
  #putThrough: (entrance: LegEntrance) => void = () => undefined;
  #settle: (end: PhoneCallEnd) => void = () => undefined;
  readonly #limit: NodeJS.Timeout;

  constructor(options: { from: string; to: string; holdLimitMs: number; direction?: 'in' | 'out' }) {
    this.from = options.from;
    this.to = options.to;
    this.direction = options.direction ?? 'in';
    this.entrance = new Promise((resolve) => (this.#putThrough = resolve));
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.#limit = setTimeout(() => this.end('held-too-long'), options.holdLimitMs);
  }

  get userId(): string {
    return `sip-${this.callId}`;
  }

  get isHeld(): boolean {
    return this.#end === undefined && this.room === undefined;
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  putThrough(room: Room, entrance: LegEntrance): void {
    clearTimeout(this.#limit);
    this.room = room;
    this.#putThrough(entrance);
  }

  /** Its gateway is in the room. */
  joined(sessionId: string): void {
    this.#sessionId = sessionId;
  }

  /** Keys, one tone each. */
  press(keys: string): void {
    for (const tone of keys) {
      const fields = { tone, volume: 10, method: 'telephone-event', sessionId: this.#sessionId };
      this.room?.pass(this.#sessionId, '*', { kind: 'phone', event: 'dtmf-event', fields });
    }
  }

  hangUp(): void {
    this.end('caller-hung-up');
    this.room?.leave(this.#sessionId);
  }

  /** Idempotent: what came first is what became of it. */
  end(end: PhoneCallEnd): void {
    clearTimeout(this.#limit);
    this.#end ??= end;
    this.#settle(this.#end);
  }
}
