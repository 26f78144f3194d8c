import { logEvent } from '../telemetry/events';
import type { Logger } from '../telemetry/logger';
import type { AnswerParts, Metrics } from '../telemetry/metrics';
import type { CallTrace } from '../telemetry/tracing';
import type { Rotation, Usage } from '../sonic/speech-model';
import type { Clock } from '../time/clock';
import { median, percentile, rounded } from './percentile';
import { addUsage, costOf, NO_USAGE, totalTokens, type TokenPrices } from './token-cost';
import { TurnTimes } from './turn-times';

/** What a call's end says about it: fields of the log line `call ended`. */
export interface CallFigures {
  readonly durationMs: number;
  readonly turns: number;
  readonly bargeIns: number;
  readonly glitches: number;
  readonly rotations: number;
  readonly reconnects: number;
  readonly toolCalls: number;
  readonly inputSpeechTokens: number;
  readonly inputTextTokens: number;
  readonly outputSpeechTokens: number;
  readonly outputTextTokens: number;
  readonly setupMs: number | undefined;
  readonly timeToGreetingMs: number | undefined;
  readonly endOfSpeechToAudioP50Ms: number | undefined;
  readonly endOfSpeechToAudioP95Ms: number | undefined;
  readonly endpointingP50Ms: number | undefined;
  readonly modelP50Ms: number | undefined;
  readonly playoutP50Ms: number | undefined;
  readonly bargeInToSilenceP50Ms: number | undefined;
  readonly longestGlitchMs: number | undefined;
  readonly longestRotationGapMs: number | undefined;
  readonly longestReconnectGapMs: number | undefined;
  readonly longestToolMs: number | undefined;
  /** Undefined where the model's prices are not known. */
  readonly estimatedCostUsd: number | undefined;
}

/**
 * The numbers of one call, counted where things happen: for its last log line, the process's metrics and its trace.
 * Bounded: of an hour's turns the figures that percentiles need are a few kilobytes.
 */
export class CallStats {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #trace: CallTrace;
  readonly #prices: TokenPrices | undefined;
  readonly #startedMs: number;
  readonly #turn: TurnTimes;
  readonly #answersMs: number[] = [];
  readonly #parts: AnswerParts[] = [];
  readonly #silencesMs: number[] = [];
  readonly #glitchesMs: number[] = [];
  readonly #rotationsMs: number[] = [];
  readonly #reconnectsMs: number[] = [];
  readonly #toolsMs: number[] = [];
  #usage = NO_USAGE;
  #setupMs: number | undefined;
  #turns = 0;
  #timeToGreetingMs: number | undefined;

  constructor(options: {
    clock: Clock;
    metrics: Metrics;
    logger: Logger;
    trace: CallTrace;
    prices?: TokenPrices | undefined;
  }) {
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#logger = options.logger;
    this.#trace = options.trace;
    this.#prices = options.prices;
    this.#startedMs = options.clock.nowMs();
    this.#turn = new TurnTimes(options.clock);
  }

  /** Media flows. */
  connected(): void {
    this.#setupMs = this.#clock.nowMs() - this.#startedMs;
    this.#metrics.callSetUp(this.#setupMs);
    this.#trace.span('setup', this.#setupMs);
  }

  /** The caller spoke, or typed, just now. */
  callerVoiced(): void {
    this.#turn.callerVoiced();
  }

  callerTurn(): void {
    this.#turns += 1;
  }

  /** The model began to answer. */
  modelTurnStarted(): void {
    this.#turn.modelStarted();
  }

  /** The model's audio came in. */
  modelAudio(): void {
    this.#turn.modelAudio();
  }

  /**
   * The bot's first audio of a turn is on its way.
   * @returns ms since the caller was last heard, or undefined when the bot speaks unasked.
   */
  botAudible(): number | undefined {
    const { answerMs, parts } = this.#turn.botAudible();
    if (this.#timeToGreetingMs === undefined) {
      this.#timeToGreetingMs = this.#clock.nowMs() - this.#startedMs;
      this.#metrics.callGreeted(this.#timeToGreetingMs - (this.#setupMs ?? 0));
      return undefined;
    }
    if (answerMs === undefined) return undefined;
    this.#answersMs.push(answerMs);
    if (parts !== undefined) this.#parts.push(parts);
    this.#metrics.callerAnswered(answerMs, parts);
    return answerMs;
  }

  /** The caller has heard the bot's turn, or cut it short. */
  botSilent(interrupted: boolean): void {
    const turn = this.#turn.botSilent();
    if (turn === undefined) return;
    const { lastedMs, answerMs, parts } = turn;
    this.#trace.span('turn', lastedMs, {
      interrupted,
      ...(answerMs === undefined ? {} : { answerMs: Math.round(answerMs) }),
      ...(parts === undefined
        ? {}
        : {
            endpointingMs: Math.round(parts.endpointingMs),
            modelMs: Math.round(parts.modelMs),
            playoutMs: Math.round(parts.playoutMs),
          }),
    });
  }

  /** `silenceMs`: from the model's signal until nothing of the answer could reach the caller any more. */
  bargeIn(silenceMs: number): void {
    this.#silencesMs.push(silenceMs);
    this.#metrics.callerInterrupted(silenceMs);
  }

  /** A broken stream was replaced; nobody listened for `gapMs`. */
  reconnected(gapMs: number): void {
    this.#reconnectsMs.push(gapMs);
    this.#metrics.modelRecovered(gapMs);
    this.#trace.span('reconnect', gapMs);
    logEvent(this.#logger, 'modelReconnected', { gapMs: Math.round(gapMs) });
  }

  /** A stream was replaced on purpose, before its end; nobody listened for `gapMs`. */
  rotated({ gapMs, ageMs, forced }: Rotation): void {
    this.#rotationsMs.push(gapMs);
    this.#metrics.modelRotated(gapMs);
    this.#trace.span('rotation', gapMs);
    logEvent(this.#logger, 'modelRotated', { gapMs: Math.round(gapMs), ageMs: Math.round(ageMs), forced });
  }

  /** The caller heard nothing for `gapMs` in the middle of an answer. */
  glitched(gapMs: number): void {
    this.#glitchesMs.push(gapMs);
    this.#metrics.answerGlitched(gapMs);
  }

  /** `tool` is a name of ours. */
  toolCalled(tool: string, outcome: string, elapsedMs: number): void {
    this.#toolsMs.push(elapsedMs);
    this.#trace.span('tool', elapsedMs, { tool, outcome }, outcome !== 'ok');
  }

  used(usage: Usage): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#metrics.tokensUsed('input_speech', usage.inputSpeechTokens);
    this.#metrics.tokensUsed('input_text', usage.inputTextTokens);
    this.#metrics.tokensUsed('output_speech', usage.outputSpeechTokens);
    this.#metrics.tokensUsed('output_text', usage.outputTextTokens);
  }

  /** The call is over: its summary goes to log, metrics and trace. Called once. */
  ended(reason: string, isFailure: boolean): void {
    const { figures } = this;
    this.#metrics.callEnded(reason, figures.durationMs);
    this.#metrics.callUsed(totalTokens(this.#usage), figures.estimatedCostUsd);
    logEvent(this.#logger, 'callEnded', { reason, ...figures });
    this.#trace.end({ reason, turns: figures.turns, reconnects: figures.reconnects }, isFailure);
  }

  get figures(): CallFigures {
    const cost = this.#prices === undefined ? undefined : costOf(this.#usage, this.#prices);
    const partP50 = (part: keyof AnswerParts) => rounded(median(this.#parts.map((parts) => parts[part])));
    return {
      durationMs: Math.round(this.#clock.nowMs() - this.#startedMs),
      turns: this.#turns,
      bargeIns: this.#silencesMs.length,
      glitches: this.#glitchesMs.length,
      rotations: this.#rotationsMs.length,
      reconnects: this.#reconnectsMs.length,
      toolCalls: this.#toolsMs.length,
      ...this.#usage,
      setupMs: rounded(this.#setupMs),
      timeToGreetingMs: rounded(this.#timeToGreetingMs),
      endOfSpeechToAudioP50Ms: rounded(median(this.#answersMs)),
      endOfSpeechToAudioP95Ms: rounded(percentile(this.#answersMs, 0.95)),
      endpointingP50Ms: partP50('endpointingMs'),
      modelP50Ms: partP50('modelMs'),
      playoutP50Ms: partP50('playoutMs'),
      bargeInToSilenceP50Ms: rounded(median(this.#silencesMs)),
      longestGlitchMs: rounded(percentile(this.#glitchesMs, 1)),
      longestRotationGapMs: rounded(percentile(this.#rotationsMs, 1)),
      longestReconnectGapMs: rounded(percentile(this.#reconnectsMs, 1)),
      longestToolMs: rounded(percentile(this.#toolsMs, 1)),
      estimatedCostUsd: cost === undefined ? undefined : Number(cost.toFixed(6)),
    };
  }
}
