import type { Rotation } from '../sonic/speech-model';
import type { Metrics } from '../telemetry/metrics';
import type { Clock } from '../time/clock';

/** What a call's end says about it: the fields of the log line `call ended`. */
export interface CallFigures {
  readonly durationMs: number;
  readonly turns: number;
  readonly bargeIns: number;
  readonly reconnects: number;
  /** Planned changes of the model's stream, and the longest time for which nobody listened at one. */
  readonly rotations: number;
  readonly rotationGapMaxMs: number | undefined;
  readonly underruns: number;
  readonly timeToGreetingMs: number | undefined;
  readonly endOfSpeechToAudioP50Ms: number | undefined;
  readonly bargeInToSilenceP50Ms: number | undefined;
}

/** The numbers of one call, counted where things happen, for its last log line and the process's metrics. */
export class CallStats {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #startedMs: number;
  readonly #answersMs: number[] = [];
  readonly #silencesMs: number[] = [];
  #connectedMs: number | undefined;
  #turns = 0;
  #reconnects = 0;
  readonly #rotationGapsMs: number[] = [];
  #underruns = 0;
  #timeToGreetingMs: number | undefined;
  /** When the caller was last heard, while the answer to that is awaited. */
  #voicedMs: number | undefined;

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#startedMs = clock.nowMs();
  }

  /** Media flows. */
  connected(): void {
    this.#connectedMs = this.#clock.nowMs();
    this.#metrics.callSetUp(this.#connectedMs - this.#startedMs);
  }

  /** The caller spoke, or typed, just now. */
  callerVoiced(): void {
    this.#voicedMs = this.#clock.nowMs();
  }

  callerTurn(): void {
    this.#turns += 1;
  }

  /**
   * The bot's first audio of a turn is on its way.
   * @returns ms since the caller was last heard, or undefined when the bot speaks unasked.
   */
  botAudible(): number | undefined {
    const nowMs = this.#clock.nowMs();
    const voicedMs = this.#voicedMs;
    this.#voicedMs = undefined;
    if (this.#timeToGreetingMs === undefined) {
      this.#timeToGreetingMs = nowMs - this.#startedMs;
      this.#metrics.callGreeted(nowMs - (this.#connectedMs ?? this.#startedMs));
      return undefined;
    }
    if (voicedMs === undefined) return undefined;
    this.#answersMs.push(nowMs - voicedMs);
    this.#metrics.callerAnswered(nowMs - voicedMs);
    return nowMs - voicedMs;
  }

  /** `silenceMs`: from the model's signal until nothing of the answer could reach the caller any more. */
  bargeIn(silenceMs: number): void {
    this.#silencesMs.push(silenceMs);
    this.#metrics.callerInterrupted(silenceMs);
  }

  reconnected(): void {
    this.#reconnects += 1;
  }

  rotated({ gapMs }: Rotation): void {
    this.#rotationGapsMs.push(gapMs);
  }

  underrun(): void {
    this.#underruns += 1;
  }

  get figures(): CallFigures {
    return {
      durationMs: Math.round(this.#clock.nowMs() - this.#startedMs),
      turns: this.#turns,
      bargeIns: this.#silencesMs.length,
      reconnects: this.#reconnects,
      rotations: this.#rotationGapsMs.length,
      rotationGapMaxMs: this.#rotationGapsMs.length === 0 ? undefined : Math.round(Math.max(...this.#rotationGapsMs)),
      underruns: this.#underruns,
      timeToGreetingMs: rounded(this.#timeToGreetingMs),
      endOfSpeechToAudioP50Ms: rounded(median(this.#answersMs)),
      bargeInToSilenceP50Ms: rounded(median(this.#silencesMs)),
    };
  }
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
