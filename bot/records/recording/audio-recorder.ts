import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ, msToSamples, samplesToMs } from '../../audio';
import type { Clock, Ticker } from '../../time';
import { BotTrack } from './bot-track';
import { CallerTrack } from './caller-track';
import { RecordingFile } from './recording-file';
import { FRAME_MS } from './side-encoder';

/** So long after it a moment is encoded: a caller's late sound has come by then, and it is known what was heard of the bot. */
const SETTLED_AFTER_MS = 1_000;
/** And so much more is kept: of what is heard only later, or while the process stalls. */
const CAPACITY_MS = 2_000;
/** After a stall, beats encode a few frames each, so that calls do not wait for recordings; silence costs next to nothing. */
const MOST_FRAMES_A_BEAT = 4;
const MOST_SILENT_FRAMES_A_BEAT = 500;
/** The tone of the last key comes with, or shortly after, the news of it. */
const SECRET_TAIL_MS = 1_000;
/** So much is lost with the process. */
const PART_MS = 30_000;

interface AudioRecorderOptions {
  readonly clock: Clock;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  /** Takes the file in parts of some 30 s, whole pages each; false where one found no room. Must not throw, and never waits. */
  readonly write: (part: Buffer) => boolean;
  /** There is no encoder: nothing is recorded. */
  readonly onFailed: (error: unknown) => void;
  /** What is written to. */
  readonly file?: Promise<RecordingFile>;
}

/**
 * Records a call: the caller on the left as they came in, the bot on the right as it was heard. Both lie on one time line, of
 * the monotonic clock, from when this was made. None of its methods waits or throws; each costs a copy at most.
 */
export class AudioRecorder {
  readonly #options: AudioRecorderOptions;
  readonly #startMs: number;
  readonly #caller = new CallerTrack(CAPACITY_MS);
  readonly #bot = new BotTrack(CAPACITY_MS);
  readonly #unsubscribe: () => void;
  #file: RecordingFile | undefined;
  #pages: Buffer[] = [];
  #writtenMs = 0;
  #hasBegun = false;
  #frames = 0;
  #droppedMs = 0;
  #secretUntilMs = -Infinity;
  #endMs = Infinity;
  #markEnded: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#markEnded = resolve));

  /** Begins at once. */
  constructor(options: AudioRecorderOptions) {
    this.#options = options;
    this.#startMs = options.clock.nowMs();
    this.#unsubscribe = options.ticker.subscribe(() => this.#beat());
    const { file: begun = RecordingFile.begin() } = options;
    begun.then(
      (file) => {
        this.#file = file;
        this.#pages.push(file.head);
      },
      (error: unknown) => {
        this.#endMs = this.#nowMs;
        this.#finish();
        options.onFailed(error);
      },
    );
  }

  /** How much of the recording there is. */
  get durationMs(): number {
    return this.#frames * FRAME_MS;
  }

  /** Sound that found no room. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** The caller's sound, 16 kHz, as it comes in; it is not changed. */
  callerHeard(pcm16k: Int16Array): void {
    if (this.#isStopping) return;
    const nowMs = this.#nowMs;
    this.#caller.heard(pcm16k, msToSamples(nowMs, MODEL_INPUT_HZ), nowMs < this.#secretUntilMs);
  }

  /** The bot's sound, 24 kHz. @param queuedMs what the transport holds before it */
  botPlayed(pcm24k: Int16Array, queuedMs: number): void {
    if (this.#isStopping) return;
    const lost = this.#bot.played(pcm24k, msToSamples(this.#nowMs + queuedMs, MODEL_OUTPUT_HZ));
    this.#droppedMs += samplesToMs(lost, MODEL_OUTPUT_HZ);
  }

  /** The last of what was played will not be heard. @param queuedMs so much of it */
  botFlushed(queuedMs: number): void {
    if (!this.#isStopping) this.#bot.flushed(msToSamples(queuedMs, MODEL_OUTPUT_HZ));
  }

  /** From now on the caller is recorded as silence, or shortly not any more. */
  keepSecret(isSecret: boolean): void {
    if (isSecret) this.#secretUntilMs = Infinity;
    else if (this.#secretUntilMs === Infinity) this.#secretUntilMs = this.#nowMs + SECRET_TAIL_MS;
  }

  /** Ends the recording with this moment. Resolves once all of it has been written, some beats later; never rejects. Idempotent. */
  stop(): Promise<void> {
    if (!this.#isStopping) this.#endMs = this.#nowMs;
    return this.#ended;
  }

  get #isStopping(): boolean {
    return this.#endMs < Infinity;
  }

  /** Since the beginning of the recording. */
  get #nowMs(): number {
    return this.#options.clock.nowMs() - this.#startMs;
  }

  #beat(): void {
    this.#droppedMs += samplesToMs(this.#caller.settle(), MODEL_INPUT_HZ);
    const file = this.#file;
    if (file === undefined) return;
    const dueMs = Math.min(this.#endMs, this.#isStopping ? Infinity : this.#nowMs - SETTLED_AFTER_MS);
    for (let left = MOST_SILENT_FRAMES_A_BEAT; left > 0 && this.durationMs + FRAME_MS <= dueMs;) {
      const hasSound = this.#caller.hasSound || this.#bot.hasSound;
      left -= hasSound ? MOST_SILENT_FRAMES_A_BEAT / MOST_FRAMES_A_BEAT : 1;
      const page = file.frame(this.#caller, this.#bot);
      this.#frames += 1;
      if (page.length > 0) this.#pages.push(page);
    }
    if (this.durationMs - this.#writtenMs >= PART_MS) this.#write(file);
    if (!this.#isStopping || this.durationMs + FRAME_MS <= this.#endMs) return;
    this.#pages.push(file.end());
    this.#write(file);
    this.#finish();
  }

  #write({ head }: RecordingFile): void {
    this.#hasBegun = this.#options.write(Buffer.concat(this.#pages)) || this.#hasBegun;
    // Without its head no file plays.
    this.#pages = this.#hasBegun ? [] : [head];
    this.#writtenMs = this.durationMs;
  }

  #finish(): void {
    this.#unsubscribe();
    this.#file = undefined;
    this.#markEnded();
  }
}
