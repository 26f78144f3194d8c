import { BOT_USER_PREFIX, type RoomMember } from './bridge/control';

/** What a change of participants means for the call. */
export type ParticipantsChange =
  | { readonly kind: 'joined' }
  | { readonly kind: 'left'; readonly remaining: number }
  /** Whether everybody is muted; unchanged by the last participant who leaves. */
  | { readonly kind: 'muted'; readonly muted: boolean };

/** The people in a room. Programs (bots, recorders) do not count: with nobody else in it the room is empty. */
export class Participants {
  readonly #people = new Map<string, RoomMember>();
  #muted = false;

  get count(): number {
    return this.#people.size;
  }

  /** Who has been here longest. */
  get first(): string | undefined {
    return this.#people.keys().next().value;
  }

  has(id: string): boolean {
    return this.#people.has(id);
  }

  joined(member: RoomMember): readonly ParticipantsChange[] {
    if (member.userId.startsWith(BOT_USER_PREFIX) || this.#people.has(member.id)) return [];
    this.#people.set(member.id, member);
    return [{ kind: 'joined' }, ...this.#look()];
  }

  updated(member: RoomMember): readonly ParticipantsChange[] {
    if (!this.#people.has(member.id)) return [];
    this.#people.set(member.id, member);
    return this.#look();
  }

  left(id: string): readonly ParticipantsChange[] {
    if (!this.#people.delete(id)) return [];
    return [{ kind: 'left', remaining: this.#people.size }, ...this.#look()];
  }

  /** The call is muted when everybody is. */
  #look(): ParticipantsChange[] {
    const muted = this.#people.size > 0 ? [...this.#people.values()].every((person) => person.muted) : this.#muted;
    if (muted === this.#muted) return [];
    this.#muted = muted;
    return [{ kind: 'muted', muted }];
  }
}
