import type { EventFields } from '../../contract/telemetry/catalogue';
import type { CallTelemetry } from '../telemetry';
import type { Rotation, Usage } from '../sonic';
import type { Clock } from '../time';
import { median, percentile, rounded } from './percentile';
import { addUsage, costOf, NO_USAGE, type TokenPrices } from './token-cost';
import type { AnswerParts, AnswerTimes, TurnOver } from './answer-times';

/** What a call's end says about it: fields of the log line `call ended`. */
export type CallFigures = Required<Omit<EventFields<'callEnded'>, 'reason' | 'err'>>;

type CallStatsOptions = { clock: Clock; telemetry: CallTelemetry; prices?: TokenPrices | undefined };

/**
 * The numbers of one call, counted where things happen: for its last log line, the process's metrics and its trace.
 * Bounded: of an hour's turns the figures that percentiles need are a few kilobytes.
 */
export class CallStats {
  readonly #options: CallStatsOptions;
  readonly #startedMs: number;
  readonly #answersMs: number[] = [];
  readonly #parts: AnswerParts[] = [];
  readonly #silencesMs: number[] = [];
  readonly #bargeInsMs: number[] = [];
  readonly #glitchesMs: number[] = [];
  readonly #rotationsMs: number[] = [];
  readonly #reconnectsMs: number[] = [];
  readonly #toolsMs: number[] = [];
  #usage = NO_USAGE;
  #setupMs: number | undefined;
  #turns = 0;
  #timeToGreetingMs: number | undefined;

  constructor(options: CallStatsOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
  }

  connected(): void {
    this.#setupMs = this.#options.clock.nowMs() - this.#startedMs;
    this.#options.telemetry.record('callConnected', { setupMs: this.#setupMs });
  }

  callerTurn(): void {
    this.#turns += 1;
  }

  /**
   * The bot's first audio of a turn is on its way.
   * @returns ms since the caller was last heard, or undefined when the bot speaks unasked.
   */
  answerAudible({ answerMs, parts }: AnswerTimes): number | undefined {
    if (this.#timeToGreetingMs === undefined) {
      this.#timeToGreetingMs = this.#options.clock.nowMs() - this.#startedMs;
      this.#options.telemetry.record('callGreeted', { waitMs: this.#timeToGreetingMs - (this.#setupMs ?? 0) });
      return undefined;
    }
    if (answerMs === undefined) return undefined;
    this.#answersMs.push(answerMs);
    if (parts !== undefined) this.#parts.push(parts);
    this.#options.telemetry.record('answerStarted', { answerMs, ...parts });
    return answerMs;
  }

  /** The caller has heard the bot's turn, or cut it short. */
  turnOver({ lastedMs, interrupted, answerMs, parts }: TurnOver): void {
    this.#options.telemetry.record('turnEnded', { lastedMs, interrupted, answerMs, ...parts });
  }

  /**
   * The caller cut an answer off, of which nothing can reach them any more.
   * @param silenceMs since the model told of it
   * @param voiceToSilenceMs since the caller's first sound over the answer; undefined where none was heard
   */
  bargeIn(silenceMs: number, voiceToSilenceMs?: number): void {
    this.#silencesMs.push(silenceMs);
    if (voiceToSilenceMs !== undefined) this.#bargeInsMs.push(voiceToSilenceMs);
    this.#options.telemetry.record('callerInterrupted', { silenceMs, voiceToSilenceMs });
  }

  /** A broken stream was replaced; nobody listened for `gapMs`. */
  reconnected(gapMs: number): void {
    this.#reconnectsMs.push(gapMs);
    this.#options.telemetry.record('modelReconnected', { gapMs });
  }

  /** A stream was replaced on purpose, before its end; nobody listened for `gapMs`. */
  rotated(rotation: Rotation): void {
    this.#rotationsMs.push(rotation.gapMs);
    this.#options.telemetry.record('modelRotated', rotation);
  }

  /** Another agent has the call; nobody listened for `gapMs`. */
  handedOver(from: string, to: string, gapMs: number): void {
    this.#options.telemetry.record('callHandedOver', { from, to, gapMs });
  }

  /** The caller heard nothing for `gapMs` in the middle of an answer. */
  glitched(gapMs: number): void {
    this.#glitchesMs.push(gapMs);
    this.#options.telemetry.record('answerGlitched', { gapMs });
  }

  /** So much of what the model said was more than is kept for the caller. */
  overflowed(droppedMs: number): void {
    this.#options.telemetry.record('audioDropped', { direction: 'out', frames: Math.ceil(droppedMs / 20) });
  }

  /** `tool`: one of the bot's own tool names, or `unknown`. */
  toolCalled(tool: string, outcome: string, durationMs: number): void {
    this.#toolsMs.push(durationMs);
    this.#options.telemetry.record('toolCall', { tool, outcome, durationMs });
  }

  used(usage: Usage): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#options.telemetry.record('tokensUsed', { kind: 'input_speech', tokens: usage.inputSpeechTokens });
    this.#options.telemetry.record('tokensUsed', { kind: 'input_text', tokens: usage.inputTextTokens });
    this.#options.telemetry.record('tokensUsed', { kind: 'output_speech', tokens: usage.outputSpeechTokens });
    this.#options.telemetry.record('tokensUsed', { kind: 'output_text', tokens: usage.outputTextTokens });
  }

  /** The call is over: its summary goes to log, metrics and trace. Called once. */
  ended(reason: string): void {
    this.#options.telemetry.record('callEnded', { reason, ...this.figures });
  }

  /** What an operator sees of a call under way. */
  get soFar(): Pick<CallFigures, 'durationMs' | 'turns' | 'bargeIns' | 'reconnects' | 'rotations'> {
    const { durationMs, turns, bargeIns, reconnects, rotations } = this.figures;
    return { durationMs, turns, bargeIns, reconnects, rotations };
  }

  get figures(): CallFigures {
    const cost = this.#options.prices === undefined ? undefined : costOf(this.#usage, this.#options.prices);
    const partP50 = (part: keyof AnswerParts) => rounded(median(this.#parts.map((parts) => parts[part])));
    return {
      durationMs: Math.round(this.#options.clock.nowMs() - this.#startedMs),
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
      bargeInP50Ms: rounded(median(this.#bargeInsMs)),
      bargeInP95Ms: rounded(percentile(this.#bargeInsMs, 0.95)),
      longestGlitchMs: rounded(percentile(this.#glitchesMs, 1)),
      longestRotationGapMs: rounded(percentile(this.#rotationsMs, 1)),
      longestReconnectGapMs: rounded(percentile(this.#reconnectsMs, 1)),
      longestToolMs: rounded(percentile(this.#toolsMs, 1)),
      estimatedCostUsd: cost === undefined ? undefined : Number(cost.toFixed(6)),
    };
  }
}
