import { randomUUID } from 'node:crypto';
import type { SonicClient } from '../../../bot/sonic';
import type { SonicInputEvent } from '../../../bot/sonic/wire';
import { MODEL_INPUT_HZ, pcmToBytes } from '../../../bot/audio';
import type { Clock, Ticker } from '../../../bot/time';
import {
  audioEnd,
  audioStart,
  history,
  lpcmInput,
  opening,
  type Opening,
  type Told,
  toolResult,
  typed,
} from './events';
import { Ended, type Ending, Unanswered } from './outcome';
import { type Block, blocksOf, type Seen } from './reading';
import { Waiting } from './waiting';

const FRAME_SAMPLES = (32 * MODEL_INPUT_HZ) / 1000;
const FRAME_MS = 32;
const SILENCE = new Int16Array(FRAME_SAMPLES);
/** The headers may come only with the first event. */
const ACCEPTED_WITHIN_MS = 10_000;
/** An answer that has not begun by then does not come: big prompts were seen to take eight seconds. */
const ANSWER_WITHIN_MS = 12_000;
/** After this long without an event an answer is over. */
const QUIET_MS = 2_500;

type ModelStream = ReturnType<ReturnType<SonicClient['streams']>['open']>;

/** What an open stream is told of. */
export interface WireEvents {
  onAccepted(): void;
  onReceived(bytes: Uint8Array): void;
  /** `undefined`: it was closed from here. */
  onEnd(ending: Omit<Ending, 'atMs'> | undefined): void;
  goodbye(): readonly Uint8Array[];
}

/** Whoever opens streams, and counts what they cost and how they end. */
interface StreamHost {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly voiceId: string;
  openStream(name: string, opening: readonly Uint8Array[], events: WireEvents): ModelStream;
  onSeen(seen: Seen): void;
  onEnding(stream: LabStream, ending: Ending): void;
  /** @throws Interrupted */
  failIfStopped(): void;
}

export interface LabStreamOptions extends Partial<Opening> {
  /** A refusal is one of the answers that the experiment is after, and no trouble. */
  readonly mayBeRefused?: boolean;
  readonly history?: readonly Told[];
  /** Nothing is sent by itself: not even the opening. */
  readonly isSilent?: boolean;
}

/**
 * One stream of an experiment. It sends what it is told to, also what a bot never would, and writes down what comes. The
 * connection, its signatures and the naming of failures are those of the bot's own client; the events are not.
 */
export class LabStream {
  readonly seen: Seen[] = [];
  readonly hasHistory: boolean;
  readonly mayBeRefused: boolean;
  readonly openedAtMs: number;
  readonly #lab: StreamHost;
  readonly #options: LabStreamOptions;
  readonly #promptName = randomUUID();
  readonly #waiting: Waiting;
  readonly #stopTicking: () => void;
  #stream: ModelStream | undefined;
  #audioName: string | undefined;
  #speech: { readonly pcm: Int16Array; at: number; readonly done: () => void } | undefined;
  #isFeeding = false;
  #isAccepted = false;
  #ending: Ending | undefined;
  #isClosing = false;

  constructor(lab: StreamHost, name: string, options: LabStreamOptions) {
    this.#lab = lab;
    this.#options = options;
    this.hasHistory = (options.history ?? []).length > 0;
    this.mayBeRefused = options.mayBeRefused === true;
    this.openedAtMs = lab.clock.nowMs();
    this.#waiting = new Waiting(lab.clock, () => (this.#ending === undefined ? undefined : new Ended(this.#ending)));
    const sent = options.isSilent === true ? [] : this.#opening();
    this.#stream = lab.openStream(name, sent.map(encoded), {
      onAccepted: () => {
        this.#isAccepted = true;
        this.#waiting.check();
      },
      onReceived: (bytes) => this.#onReceived(bytes),
      onEnd: (ending) => this.#onEnd(ending),
      goodbye: () => this.#goodbye().map(encoded),
    });
    this.#stopTicking = lab.ticker.subscribe(() => this.#tick());
  }

  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** How it ended, unless it was closed from here. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get blocks(): readonly Block[] {
    return blocksOf(this.seen);
  }

  send(...events: readonly SonicInputEvent[]): void {
    this.#stream?.send(events.map(encoded));
  }

  sendOpening(): void {
    this.send(...this.#opening());
  }

  startAudio(): void {
    this.#audioName = randomUUID();
    this.send(audioStart(this.#promptName, this.#audioName));
  }

  /** Whether silence flows while nothing is said. */
  set feeding(isOn: boolean) {
    this.#isFeeding = isOn;
  }

  /** Sends silence at once. */
  feed(ms: number): void {
    for (let fedMs = 0; fedMs < ms; fedMs += FRAME_MS) this.#sendFrame(SILENCE);
  }

  /** Speaks in real time; resolves with the last frame. */
  async say(pcm: Int16Array): Promise<void> {
    await new Promise<void>((done) => (this.#speech = { pcm, at: 0, done }));
  }

  type(text: string): void {
    this.send(...typed(this.#promptName, text));
  }

  answerTool(toolUseId: string, content: string): void {
    this.send(...toolResult(this.#promptName, toolUseId, content));
  }

  /**
   * What `find` gives as soon as it gives something; undefined when it has not within the time.
   * @throws Ended when the stream ends before; Interrupted
   */
  async until<T>(find: () => T | undefined, withinMs: number): Promise<T | undefined> {
    this.#lab.failIfStopped();
    return this.#waiting.until(find, withinMs);
  }

  /** Waits. @throws Ended, Interrupted */
  async rest(ms: number): Promise<void> {
    await this.until(() => undefined, ms);
  }

  /** Waits for the service to have taken the stream, so that a slow connection is no answer. @throws Ended, Interrupted */
  async accepted(): Promise<void> {
    await this.until(() => (this.#isAccepted ? true : undefined), ACCEPTED_WITHIN_MS);
  }

  /** How it ended within this time, if it did. @throws Interrupted */
  async endedWithin(ms: number): Promise<Ending | undefined> {
    return this.until(() => this.#ending, ms);
  }

  /** The next event after `from` that passes. */
  async next(from: number, test: (seen: Seen) => boolean, withinMs: number): Promise<Seen | undefined> {
    return this.until(() => this.seen.slice(from).find(test), withinMs);
  }

  /** Waits for an answer to what was said or typed, from event `from` on. @throws Unanswered */
  async answerBegins(from: number): Promise<Seen> {
    const first = await this.next(from, isOfAnswer, ANSWER_WITHIN_MS);
    if (first !== undefined) return first;
    throw new Unanswered(this.seen.slice(from).map(({ name }) => name));
  }

  /** Waits until nothing but usage has come for a while. */
  async quiet(withinMs = 60_000): Promise<void> {
    const lastMs = (): number => this.seen.findLast(({ name }) => name !== 'usageEvent')?.atMs ?? 0;
    await this.until(() => (this.nowMs - lastMs() >= QUIET_MS ? true : undefined), withinMs);
  }

  /** Since it was opened. */
  get nowMs(): number {
    return this.#lab.clock.nowMs() - this.openedAtMs;
  }

  /** Says goodbye. Idempotent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopTicking();
    this.#speech?.done();
    await this.#stream?.close();
  }

  /** Fails whoever waits. */
  stop(error: Error): void {
    this.#stopTicking();
    this.#speech?.done();
    this.#waiting.fail(error);
  }

  #opening(): SonicInputEvent[] {
    const {
      voiceId = this.#lab.voiceId,
      system = 'You are being tested.',
      tools = [],
      endpointing = 'HIGH',
    } = this.#options;
    return [
      ...opening(this.#promptName, { voiceId, system, tools, endpointing }),
      ...history(this.#promptName, this.#options.history ?? []),
    ];
  }

  /** No prompt ends without an audio block, and no such block without audio. */
  #goodbye(): SonicInputEvent[] {
    const name = this.#audioName ?? randomUUID();
    const prompt = this.#promptName;
    const start = this.#audioName === undefined ? [audioStart(prompt, name)] : [];
    return [
      ...start,
      lpcmInput(prompt, name, pcmToBytes(SILENCE)),
      audioEnd(prompt, name),
      { promptEnd: { promptName: prompt } },
      { sessionEnd: {} },
    ];
  }

  #tick(): void {
    const speech = this.#speech;
    if (speech !== undefined) {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(speech.pcm.subarray(speech.at, speech.at + FRAME_SAMPLES));
      this.#sendFrame(frame);
      speech.at += FRAME_SAMPLES;
      if (speech.at >= speech.pcm.length) {
        this.#speech = undefined;
        speech.done();
      }
    } else if (this.#isFeeding) this.#sendFrame(SILENCE);
    this.#waiting.check();
  }

  #sendFrame(pcm: Int16Array): void {
    if (this.#audioName === undefined || this.#ending !== undefined) return;
    this.#stream?.sendAudio(encoded(lpcmInput(this.#promptName, this.#audioName, pcmToBytes(pcm))));
  }

  #onReceived(bytes: Uint8Array): void {
    const { event } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { event?: Record<string, Seen['body']> };
    const [entry] = Object.entries(event ?? {});
    if (entry === undefined) return;
    const seen = { name: entry[0], body: entry[1], atMs: this.nowMs };
    this.seen.push(seen);
    this.#lab.onSeen(seen);
    this.#waiting.check();
  }

  #onEnd(ending: Omit<Ending, 'atMs'> | undefined): void {
    this.#stopTicking();
    this.#speech?.done();
    if (ending === undefined || this.#isClosing) return;
    this.#ending = { ...ending, atMs: this.nowMs };
    this.#lab.onEnding(this, this.#ending);
    this.#waiting.check();
  }
}

function encoded(event: SonicInputEvent): Buffer {
  return Buffer.from(JSON.stringify({ event }), 'utf8');
}

/** The first sign of an answer: a block of the model's, or a tool's. */
function isOfAnswer({ name, body }: Seen): boolean {
  return name === 'contentStart' && (body['role'] === 'ASSISTANT' || body['role'] === 'TOOL');
}
