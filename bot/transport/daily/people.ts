import { BOT_USER_PREFIX, type RoomMember } from './bridge/control';

/** What a change of members means for the call. */
export type PeopleChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'joined'; readonly id: string }
  | { readonly kind: 'left'; readonly id: string; readonly remaining: number }
  | { readonly kind: 'muted'; readonly muted: boolean };

/** The people in a room. Programs (this bot's like, recorders) are none: with nobody else there the room is empty. */
export class People {
  readonly #people = new Map<string, RoomMember>();
  #muted = false;

  get count(): number {
    return this.#people.size;
  }

  has(id: string): boolean {
    return this.#people.has(id);
  }

  joined(member: RoomMember): PeopleChange {
    if (member.userId.startsWith(BOT_USER_PREFIX) || this.#people.has(member.id)) return { kind: 'none' };
    this.#people.set(member.id, member);
    return { kind: 'joined', id: member.id };
  }

  /** Muted is who cannot be heard; the call is when nobody can. */
  updated(member: RoomMember): PeopleChange {
    if (!this.#people.has(member.id)) return { kind: 'none' };
    this.#people.set(member.id, member);
    const muted = [...this.#people.values()].every((person) => person.muted);
    if (muted === this.#muted) return { kind: 'none' };
    this.#muted = muted;
    return { kind: 'muted', muted };
  }

  left({ id }: RoomMember): PeopleChange {
    if (!this.#people.delete(id)) return { kind: 'none' };
    return { kind: 'left', id, remaining: this.#people.size };
  }
}
