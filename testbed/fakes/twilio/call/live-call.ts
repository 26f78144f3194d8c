import type { Recording, Said } from '../../../../smoke/caller';
import type { Wav } from '../../../speech';
import { newSid } from '../ids';
import { Person } from '../line/person';
import type { MediaStream } from '../media/stream';
import type { Network } from '../network';
import { pause } from '../time';
import type { CallEnd, CallEvent, CallFaults, CallStatus, FakeCall } from '../types';
import { Callbacks } from './callbacks';
import { EventLog } from './event-log';
import { type NewCall, NO_FAULTS } from './new-call';
import type { Exchange, Leg, Next } from './leg';
import { DocumentRunner } from './run';

type State =
  | { readonly kind: 'waiting'; readonly status: 'queued' | 'initiated' | 'ringing' }
  | { readonly kind: 'live'; readonly answeredMs: number; readonly unsubscribe: () => void }
  | { readonly kind: 'over'; readonly end: CallEnd; readonly durationMs: number };

const GAP_MS = 120;
const WAIT_MS = 500;

/** One leg: a person, what they are connected with, and the documents that say so. It owns its place on the beat. */
export class LiveCall implements Leg {
  readonly sid = newSid('CA');
  readonly options: NewCall;
  readonly faults: CallFaults;
  readonly log: EventLog;
  readonly streams: MediaStream[] = [];
  readonly ended: Promise<CallEnd>;
  readonly createdMs: number;
  /** What detection has found. */
  answeredBy: string | undefined;
  readonly #network: Network;
  readonly #person: Person;
  readonly #callbacks: Callbacks;
  readonly #runner: DocumentRunner;
  readonly #over = new AbortController();
  #state: State = { kind: 'waiting', status: 'queued' };
  #exchange: Exchange | undefined;
  #settle: (end: CallEnd) => void = () => undefined;

  constructor(network: Network, options: NewCall) {
    this.#network = network;
    this.options = options;
    this.faults = { ...NO_FAULTS, ...options.faults };
    this.log = new EventLog(() => network.clock.nowMs());
    this.createdMs = network.clock.nowMs();
    this.#person = new Person({ records: options.records ?? true });
    this.#callbacks = new Callbacks(this, network);
    this.#runner = new DocumentRunner(this, network);
    this.ended = new Promise((resolve) => (this.#settle = resolve));
  }

  get from(): string {
    return this.options.from;
  }

  get to(): string {
    return this.options.to;
  }

  get direction(): FakeCall['direction'] {
    return this.options.direction;
  }

  get parentSid(): string | undefined {
    return this.options.parentSid;
  }

  get status(): CallStatus {
    const state = this.#state;
    if (state.kind === 'waiting') return state.status;
    return state.kind === 'live' ? 'in-progress' : state.end.status;
  }

  get events(): readonly CallEvent[] {
    return this.log.all;
  }

  get stream(): MediaStream | undefined {
    return this.streams.at(-1);
  }

  get heard(): Recording {
    return this.#person.heard;
  }

  get isOver(): boolean {
    return this.#state.kind === 'over';
  }

  get isAnswered(): boolean {
    return this.#state.kind === 'live';
  }

  /** Aborted when the call is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Since the answer; 0 where nobody answered. */
  get durationMs(): number {
    const state = this.#state;
    if (state.kind === 'waiting') return 0;
    return state.kind === 'live' ? this.#network.clock.nowMs() - state.answeredMs : state.durationMs;
  }

  speak(sound: Wav | string): Promise<Said> {
    return this.#person.speak(sound);
  }

  async press(keys: string, gapMs = GAP_MS): Promise<void> {
    for (const key of keys) {
      if (!/[0-9*#A-Dw]/.test(key)) throw new Error('keys are 0-9, *, #, A-D; w waits');
      if (this.isOver) throw new Error('the call is over');
      if (key !== 'w') {
        this.log.add({ kind: 'key', digit: key });
        this.stream?.press(key);
      }
      await pause(this.#network.clock, key === 'w' ? WAIT_MS : gapMs, this.over);
    }
  }

  quiet(quietMs: number): Promise<void> {
    return this.#person.quiet(quietMs);
  }

  hangUp(): void {
    this.end({ status: this.#state.kind === 'live' ? 'completed' : 'canceled', by: 'person' });
  }

  startAgain(): Promise<void> {
    return this.#runner.startAgain();
  }

  waitFor: FakeCall['waitFor'] = (kind, options) => this.log.waitFor(kind, options);

  /** It is on its way to the other end. */
  proceed(status: 'initiated' | 'ringing'): void {
    if (this.#state.kind !== 'waiting') return;
    this.#state = { kind: 'waiting', status };
    this.#tellStatus();
  }

  tell: Leg['tell'] = (about, action, more) => this.#callbacks.tell(about, action, more);

  /** Picked up; from now on the person hears and is heard. Idempotent. */
  answer(): void {
    if (this.#state.kind !== 'waiting') return;
    const unsubscribe = this.#network.beats.subscribe((dueMs) => this.#beat(dueMs));
    this.#state = { kind: 'live', answeredMs: this.#network.clock.nowMs(), unsubscribe };
    this.#tellStatus();
  }

  /** What the person is connected with from now on; undefined: nothing. */
  connect(exchange: Exchange | undefined): void {
    this.#exchange = exchange;
  }

  /** Runs documents, the first of them from `first`, until the call is over. */
  run(first: Next): void {
    this.#runner.begin(first);
  }

  /** Runs one document of a leg that another one leads. @returns whether the leg goes on */
  async runAside(document: Next): Promise<boolean> {
    const goesOn = await this.#runner.aside(document);
    if (!goesOn) this.end({ status: 'completed', by: 'twiml' });
    return goesOn;
  }

  /** Drops what the call is doing, for something else. */
  redirect(next: Next): void {
    this.#runner.redirect(next);
  }

  /** Idempotent. */
  end(end: CallEnd): void {
    if (this.#state.kind === 'over') return;
    const { durationMs } = this;
    if (this.#state.kind === 'live') this.#state.unsubscribe();
    this.#state = { kind: 'over', end, durationMs };
    this.#exchange = undefined;
    this.#person.leave(this.#network.clock.nowMs());
    this.#over.abort();
    this.log.add({ kind: 'status', status: end.status });
    this.#callbacks.status(end.status, durationMs);
    void this.#conclude(end);
  }

  async #conclude(end: CallEnd): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.stop()));
    await this.#runner.done;
    await this.#callbacks.settled();
    this.log.end();
    this.#settle(end);
  }

  #tellStatus(): void {
    this.log.add({ kind: 'status', status: this.status });
    this.#callbacks.status(this.status, undefined);
  }

  #beat(dueMs: number): void {
    const spoken = this.#person.nextFrame(dueMs);
    this.#person.hear(this.#exchange?.(spoken, dueMs), dueMs);
  }
}
