import { BOT_USER_PREFIX, type RoomMember } from './bridge/control';

/** What a change of members means for the call. */
export type ParticipantsChange =
  | { readonly kind: 'joined' }
  | { readonly kind: 'left'; readonly remaining: number }
  /** Whether nobody can be heard any more; the last one who leaves changes nothing about that. */
  | { readonly kind: 'muted'; readonly muted: boolean };

/** The people in a room. Programs (this bot's like, recorders) are none: with nobody else there the room is empty. */
export class Participants {
  readonly #people = new Map<string, RoomMember>();
  #muted = false;

  get count(): number {
    return this.#people.size;
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

  left({ id }: RoomMember): readonly ParticipantsChange[] {
    if (!this.#people.delete(id)) return [];
    return [{ kind: 'left', remaining: this.#people.size }, ...this.#look()];
  }

  /** Muted is who cannot be heard; the call is when nobody can. */
  #look(): ParticipantsChange[] {
    const muted = this.#people.size > 0 ? [...this.#people.values()].every((person) => person.muted) : this.#muted;
    if (muted === this.#muted) return [];
    this.#muted = muted;
    return [{ kind: 'muted', muted }];
  }
}
