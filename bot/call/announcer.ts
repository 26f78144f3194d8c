import { MODEL_OUTPUT_HZ, samplesToMs } from '../audio';
import type { Clock, Timer } from '../time';
import { NOTICES, type NoticeAudio, type NoticeName } from './notices';
import type { Turns } from './turns';

/** A model that is asked to say something and is not heard after this long will not say it. */
const MODEL_ANSWERS_WITHIN_MS = 4_000;
/** The longest announcement, spoken slowly; then whoever waits goes on without. */
const HEARD_WITHIN_MS = 15_000;

type Announcement =
  | { readonly kind: 'none' }
  | { readonly kind: 'asked'; readonly name: NoticeName; readonly done: () => void; readonly timer: Timer }
  | { readonly kind: 'audible'; readonly done: () => void; readonly timer: Timer };

type AnnouncerOptions = { clock: Clock; turns: Pick<Turns, 'playNotice' | 'playout'>; recordings: NoticeAudio };

/**
 * Says one of the notices: in the model's voice where `askModel` can be used, else from the recording. Each is said
 * once, is bounded in time, and a later one replaces an earlier one that still waits.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #announcement: Announcement = { kind: 'none' };

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the notice was heard, was interrupted, or took too long.
   * @param askModel hands an instruction to the model; undefined plays the recording at once.
   */
  say(name: NoticeName, askModel?: (instruction: string) => void): Promise<void> {
    this.#settle();
    return new Promise((done) => {
      if (askModel === undefined) {
        this.#playRecording(name, done);
        return;
      }
      const timer = this.#options.clock.after(MODEL_ANSWERS_WITHIN_MS, () => this.#playRecording(name, done));
      this.#announcement = { kind: 'asked', name, done, timer };
      askModel(`Say exactly: "${NOTICES[name]}" Then wait for the caller.`);
    });
  }

  botAudible(): void {
    if (this.#announcement.kind !== 'asked') return;
    this.#announcement.timer.cancel();
    this.#waitUntilHeard(this.#announcement.done, HEARD_WITHIN_MS);
  }

  /** The bot was heard to the end, or interrupted. */
  botSilent(): void {
    if (this.#announcement.kind === 'audible') this.#settle();
  }

  /** Whoever waits goes on. Idempotent. */
  close(): void {
    this.#settle();
  }

  #playRecording(name: NoticeName, done: () => void): void {
    const audio = this.#options.recordings[name];
    this.#waitUntilHeard(
      done,
      this.#options.turns.playout.unheardMs + samplesToMs(audio.length, MODEL_OUTPUT_HZ) + 1_000,
    );
    this.#options.turns.playNotice(audio);
  }

  #waitUntilHeard(done: () => void, withinMs: number): void {
    this.#announcement = { kind: 'audible', done, timer: this.#options.clock.after(withinMs, () => this.#settle()) };
  }

  #settle(): void {
    const announcement = this.#announcement;
    if (announcement.kind === 'none') return;
    this.#announcement = { kind: 'none' };
    announcement.timer.cancel();
    announcement.done();
  }
}
