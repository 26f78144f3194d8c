import { newSid } from '../ids';
import { FRAME_SAMPLES } from '../line/mulaw';

/** Somebody in a conference. */
export interface Member {
  readonly callSid: string;
  readonly label: string | undefined;
  readonly startsOnEnter: boolean;
  readonly endsOnExit: boolean;
  muted: boolean;
  hold: boolean;
  /** They are to leave: the conference is over, or they were put out. */
  readonly onOut: () => void;
}

export type ConferenceStatus = 'init' | 'in-progress' | 'completed';

/** People who hear each other; also what joins the two legs of a `<Dial>`. */
export class Conference {
  readonly sid = newSid('CF');
  readonly name: string;
  readonly #members = new Map<string, Member>();
  /** What each has not heard yet: sums of the others' frames of a beat. */
  readonly #inboxes = new Map<string, Int16Array>();
  #status: ConferenceStatus = 'init';
  /** Told of joins, leaves, its start and its end. */
  onChange: (change: 'start' | 'end' | 'join' | 'leave', member?: Member) => void = () => undefined;

  constructor(name: string) {
    this.name = name;
  }

  get status(): ConferenceStatus {
    return this.#status;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  join(member: Member): void {
    this.#members.set(member.callSid, member);
    this.onChange('join', member);
    if (this.#status === 'init' && this.#members.size > 1 && this.members.some(({ startsOnEnter }) => startsOnEnter)) {
      this.#status = 'in-progress';
      this.onChange('start');
    }
  }

  /** Idempotent. Whose leaving ends it takes all others with them. */
  leave(callSid: string): void {
    const member = this.#members.get(callSid);
    if (member === undefined) return;
    this.#members.delete(callSid);
    this.#inboxes.delete(callSid);
    this.onChange('leave', member);
    if (member.endsOnExit || this.#members.size === 0) this.end();
  }

  /** Idempotent. */
  end(): void {
    if (this.#status === 'completed') return;
    this.#status = 'completed';
    for (const { callSid, onOut } of this.members) {
      this.leave(callSid);
      onOut();
    }
    this.onChange('end');
  }

  /** A beat of one of them: what they say goes to the others, and what these said comes back. */
  beat(callSid: string, spoken: Int16Array | undefined): Int16Array | undefined {
    const member = this.#members.get(callSid);
    if (member === undefined || this.#status !== 'in-progress') return undefined;
    const heard = this.#inboxes.get(callSid);
    this.#inboxes.delete(callSid);
    if (spoken !== undefined && !member.muted && !member.hold) {
      for (const other of this.#members.keys()) if (other !== callSid) this.#add(other, spoken);
    }
    return member.hold ? undefined : heard;
  }

  #add(callSid: string, frame: Int16Array): void {
    const sum = this.#inboxes.get(callSid) ?? new Int16Array(FRAME_SAMPLES);
    this.#inboxes.set(
      callSid,
      sum.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (frame[i] ?? 0)))),
    );
  }
}
