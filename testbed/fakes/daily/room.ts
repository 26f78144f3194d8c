import { randomUUID } from 'node:crypto';
import type { FatalType, Person, ToClient } from './signals';
import type { TokenProperties } from './tokens';

/** Somebody in a room, and the way to them. */
export interface Member {
  readonly person: Person;
  send(message: ToClient): void;
  /** Ends the connection without a word. */
  cut(): void;
}

export interface RoomConfig {
  readonly exp?: number;
  readonly nbf?: number;
  readonly eject_at_room_exp?: boolean;
  readonly max_participants?: number;
  readonly [name: string]: unknown;
}

/** A room on loopback: who is in it, and what they tell each other. */
export class Room {
  readonly id = randomUUID();
  readonly name: string;
  readonly privacy: 'public' | 'private';
  readonly config: RoomConfig;
  readonly createdAt = new Date();
  readonly #members = new Map<string, Member>();
  readonly #onExpired: () => void;
  /** Who hears of comings and goings: the telephone. */
  watcher: { joined(room: Room, person: Person): void; left(room: Room, person: Person): void } | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: { name: string; privacy: 'public' | 'private'; config: RoomConfig; onExpired: () => void }) {
    this.name = options.name;
    this.privacy = options.privacy;
    this.config = options.config;
    this.#onExpired = options.onExpired;
    const { exp } = options.config;
    if (exp === undefined) return;
    const inMs = Math.max(0, exp * 1000 - Date.now());
    this.#expiry = setTimeout(() => this.expire(), Math.min(inMs, 0x7fff_ffff));
    this.#expiry.unref();
  }

  /** What becomes of it at its `exp`: it goes; that it puts people out is up to its setting. */
  expire(): void {
    clearTimeout(this.#expiry);
    if (this.config.eject_at_room_exp === true) this.endAll('exp-room', 'Meeting has ended: the room expired');
    this.#onExpired();
  }

  /** Where the room is called, without `sip:`. */
  get sipEndpoint(): string | undefined {
    return this.config['sip'] === undefined ? undefined : `${this.id}.0@sandbox.sip.daily.co`;
  }

  get people(): readonly Person[] {
    return [...this.#members.values()].map(({ person }) => person);
  }

  /** Why nobody, or not this one, may come in now; undefined when they may. */
  refusal(token: TokenProperties | undefined): FatalType | undefined {
    const now = Date.now() / 1000;
    const { exp, nbf, max_participants: limit } = this.config;
    if (exp !== undefined && exp <= now) return 'exp-room';
    if (nbf !== undefined && nbf > now) return 'nbf-room';
    if (token === undefined && this.privacy === 'private') return 'not-allowed';
    if (token !== undefined) {
      if (token.room_name !== this.name) return 'not-allowed';
      if (token.exp !== undefined && token.exp <= now) return 'exp-token';
      if (token.nbf !== undefined && token.nbf > now) return 'nbf-token';
    }
    return limit !== undefined && this.#members.size >= limit ? 'meeting-full' : undefined;
  }

  join(member: Member): void {
    const { person } = member;
    member.send({ kind: 'joined', self: person, others: this.people });
    this.#broadcast({ kind: 'person-joined', person });
    this.#members.set(person.sessionId, member);
    this.watcher?.joined(this, person);
  }

  member(sessionId: string): Member | undefined {
    return this.#members.get(sessionId);
  }

  /** Passes a message on, to one or to all others. */
  pass(from: string, to: string, message: ToClient): void {
    if (to === '*') this.#broadcast(message, from);
    else this.#members.get(to)?.send(message);
  }

  setAudio(sessionId: string, audio: boolean): void {
    const member = this.#members.get(sessionId);
    if (member === undefined || member.person.audio === audio) return;
    const person = { ...member.person, audio };
    this.#members.set(sessionId, { ...member, person });
    this.#broadcast({ kind: 'person-updated', person });
  }

  leave(sessionId: string): void {
    const member = this.#members.get(sessionId);
    if (member === undefined) return;
    this.#members.delete(sessionId);
    this.#broadcast({ kind: 'person-left', person: member.person });
    this.watcher?.left(this, member.person);
  }

  /** Ends one person's meeting. */
  end(sessionId: string, type: FatalType, message: string): void {
    const member = this.#members.get(sessionId);
    if (member === undefined) return;
    member.send({ kind: 'over', type, message });
    this.leave(sessionId);
  }

  /** Ends everybody's meeting at once: nobody sees another leave. */
  endAll(type: FatalType, message: string): void {
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const member of members) {
      member.send({ kind: 'over', type, message });
      this.watcher?.left(this, member.person);
    }
  }

  /** The room is gone. */
  close(): void {
    clearTimeout(this.#expiry);
    this.endAll('no-room', 'Meeting has ended: the room was deleted');
  }

  #broadcast(message: ToClient, except?: string): void {
    for (const [id, member] of this.#members) if (id !== except) member.send(message);
  }
}
