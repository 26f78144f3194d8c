import { VoiceActivity, type VoiceState } from '../audio';
import type { Clock, Ticker } from '../time';

/** Without audio for so long the caller is silent: a sender in mid-word leaves no such gap. */
const GAP_MS = 300;

export interface CallerVoiceEvents {
  onStarted(): void;
  onStopped(voicedAtMs: number): void;
}

type CallerVoiceOptions = { clock: Clock; ticker: Ticker; events: CallerVoiceEvents };

/**
 * Whether the caller's voice is heard. It ends with silence, and as well when the caller is muted or when no more audio
 * comes, for then nothing would tell of the silence. Listens to the beat only while the caller speaks.
 */
export class CallerVoice {
  readonly #options: CallerVoiceOptions;
  readonly #gapBeats: number;
  #activity = new VoiceActivity();
  #isMuted = false;
  #voicedAtMs = -Infinity;
  #beganMs: number | undefined;
  #beatAtMs = -Infinity;
  #quietBeats = 0;
  #unsubscribe: (() => void) | undefined;

  constructor(options: CallerVoiceOptions) {
    this.#options = options;
    this.#gapBeats = Math.ceil(GAP_MS / options.ticker.periodMs);
  }

  get state(): VoiceState {
    return this.#isMuted ? 'silent' : this.#activity.state;
  }

  /** How much voice there has been since the caller began to speak, in ms; 0 while nobody does. */
  get voicedMs(): number {
    return this.#activity.voicedMs;
  }

  /** The voice that was heard last: when it began, and when it was last heard; undefined before the first. */
  get last(): { readonly beganMs: number; readonly voicedMs: number } | undefined {
    return this.#beganMs === undefined ? undefined : { beganMs: this.#beganMs, voicedMs: this.#voicedAtMs };
  }

  /** When the caller was last heard; -Infinity before the first time. */
  get voicedAtMs(): number {
    return this.#voicedAtMs;
  }

  /** Takes the caller's audio, 16 kHz, as it comes; whoever is muted does not speak. */
  push(pcm16k: Int16Array): VoiceState {
    if (this.#isMuted) return 'silent';
    this.#quietBeats = 0;
    const change = this.#activity.push(pcm16k);
    const { state } = this.#activity;
    if (state === 'speaking') this.#voicedAtMs = this.#options.clock.nowMs();
    if (change === 'started') this.#begin();
    else if (change === 'stopped') this.#end();
    return state;
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
    if (isMuted) this.#breakOff();
  }

  /** Reports nothing more. Idempotent. */
  close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #begin(): void {
    this.#beganMs = this.#options.clock.nowMs() - this.#activity.voicedMs;
    this.#unsubscribe = this.#options.ticker.subscribe(this.#onBeat);
    this.#options.events.onStarted();
  }

  #end(): void {
    this.close();
    this.#options.events.onStopped(this.#voicedAtMs);
  }

  #breakOff(): void {
    if (this.#unsubscribe === undefined) return;
    this.#activity.breakOff();
    this.#end();
  }

  /** Beats are counted, and a late event loop's burst of them as one: audio may wait behind it. */
  readonly #onBeat = (): void => {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#beatAtMs < this.#options.ticker.periodMs / 4) return;
    this.#beatAtMs = nowMs;
    this.#quietBeats += 1;
    if (this.#quietBeats > this.#gapBeats) this.#breakOff();
  };
}
