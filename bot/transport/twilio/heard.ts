import type { Clock } from '../../time';

/** Twilio's echo of a mark takes the way there and back; what is heard runs ahead of it by so much at most. */
const ECHO_SLACK_MS = 240;
/** What is sent into silence is heard so much later: the way there, and the first frame's turn. */
const WAY_MS = 40;
/** Marks that are overdue by so much are not coming: from then on the clock says what was heard. */
const OVERDUE_MS = 3_000;
/** What the last mark of a turn stands for until it is echoed. */
const UNCONFIRMED_MS = 1;

interface PendingMark {
  readonly name: string;
  /** What has been sent before it, in ms of this generation. */
  readonly atMs: number;
  /** When it can be echoed first, were the network without delay. */
  readonly dueMs: number;
}

/**
 * How much of what was sent has been heard. Between echoes of marks the clock says it; the last word has the echo. Each
 * `clear` begins a generation: it echoes marks of audio that nobody heard, and those are known by their names.
 */
export class Heard {
  readonly #clock: Clock;
  #generation = 0;
  #sentMs = 0;
  #heardMs = 0;
  /** When `#heardMs` was so. */
  #asOfMs = 0;
  /** Where the last echoed mark was. */
  #confirmedMs = 0;
  #marks: PendingMark[] = [];
  #areMarksLost = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Audio that was sent since the last mark, in ms. */
  get unmarkedMs(): number {
    return this.#sentMs - (this.#marks.at(-1)?.atMs ?? this.#confirmedMs);
  }

  /** Sent and not heard, in ms. */
  get unheardMs(): number {
    return this.#sentMs - this.#heardNowMs();
  }

  sent(ms: number): void {
    const isFirst = this.unheardMs <= UNCONFIRMED_MS;
    this.#settle();
    if (isFirst) this.#asOfMs += WAY_MS;
    this.#sentMs += ms;
  }

  /** @returns the name of a mark behind all that was sent */
  mark(): string {
    this.#settle();
    const name = `g${this.#generation}.${Math.round(this.#sentMs)}`;
    const dueMs = this.#clock.nowMs() + this.unheardMs;
    this.#marks.push({ name, atMs: this.#sentMs, dueMs });
    return name;
  }

  /** Twilio has played all before this mark, unless it is of another generation, or none of ours. */
  echoed(name: string): void {
    const index = this.#marks.findIndex((mark) => mark.name === name);
    const mark = this.#marks[index];
    if (mark === undefined) return;
    this.#marks.splice(0, index + 1);
    this.#areMarksLost = false;
    this.#confirmedMs = mark.atMs;
    this.#heardMs = mark.atMs;
    this.#asOfMs = this.#clock.nowMs();
  }

  /** Nothing of what was sent is heard any more. */
  flush(): void {
    this.#generation += 1;
    this.#marks = [];
    this.#sentMs = 0;
    this.#heardMs = 0;
    this.#asOfMs = 0;
    this.#confirmedMs = 0;
  }

  /** What is sent next is heard from now on where all before it has been. */
  #settle(): void {
    this.#heardMs = this.#heardNowMs();
    this.#asOfMs = Math.max(this.#asOfMs, this.#clock.nowMs());
  }

  #heardNowMs(): number {
    const nowMs = this.#clock.nowMs();
    const byClockMs = Math.min(this.#sentMs, this.#heardMs + Math.max(0, nowMs - this.#asOfMs));
    const oldest = this.#marks[0];
    if (oldest !== undefined && nowMs - oldest.dueMs > OVERDUE_MS) this.#areMarksLost = true;
    if (this.#areMarksLost || this.#sentMs === this.#confirmedMs) return byClockMs;
    return Math.min(byClockMs, (oldest?.atMs ?? Infinity) + ECHO_SLACK_MS, this.#sentMs - UNCONFIRMED_MS);
  }
}
