import type { Logger } from 'pino';
import { BotError } from '../errors';
import { type Clock, systemClock, type Ticker } from '../time';
import { Breaker, type BreakerRules } from './breaker';
import type { SonicClient } from './client';
import { SonicCounters } from './counters';
import { DEFAULT_LIMITS, type SonicLimits } from './limits';
import { DEFAULT_INFERENCE } from './protocol/input-events';
import type { StreamRecorder } from './recording/recorder';
import { FRAME_MS } from './session/replay-buffer';
import { Conversation } from './session/conversation';
import { probeModel } from './session/probe';
import type { ModelHealth, SessionOptions, SpeechEvents, SpeechModel, SpeechSession } from './speech-model';
import type { StreamFailure } from './stream/failure';
import type { StreamOpener } from './stream/model-stream';
import type { StreamTap } from './stream/tap';
import type { InferenceConfiguration } from './wire';

export interface SonicModelOptions {
  readonly client: Pick<SonicClient, 'streams'>;
  readonly modelId: string;
  /** The process's one beat of 32 ms: see `FRAME_MS`. */
  readonly ticker: Ticker;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly limits?: Partial<SonicLimits>;
  readonly inference?: InferenceConfiguration;
  /** Between 0 and 1; `Math.random` by default. */
  readonly random?: () => number;
  readonly breaker?: Partial<BreakerRules>;
  /** Keeps the streams of calls, where somebody wants them kept. */
  readonly recorder?: StreamRecorder | undefined;
}

/** Nova Sonic as a speech model. */
export class SonicModel implements SpeechModel {
  /** Counts over all its sessions. */
  readonly counters = new SonicCounters();
  readonly #options: SonicModelOptions;
  readonly #clock: Clock;
  readonly #limits: SonicLimits;
  readonly #breaker: Breaker;
  /** As the last call was opened: what a probe opens a stream with. */
  #lastOptions: SessionOptions | undefined;

  /** @throws RangeError when the ticker's beat is not that of the frames */
  constructor(options: SonicModelOptions) {
    if (options.ticker.periodMs !== FRAME_MS) throw new RangeError(`the ticker must beat every ${FRAME_MS} ms`);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#breaker = new Breaker({
      clock: this.#clock,
      ...(options.breaker === undefined ? {} : { rules: options.breaker }),
      probe: () => this.#probe(),
      onChange: (state, code) => {
        this.counters.add(state === 'open' ? 'breakerOpened' : 'breakerClosed');
        options.logger.warn({ state, code }, 'model breaker');
      },
    });
  }

  get health(): ModelHealth {
    return this.#breaker.health;
  }

  /** Stops watching over the service. Idempotent. */
  stop(): void {
    this.#breaker.stop();
  }

  open(session: SessionOptions, events: SpeechEvents, signal: AbortSignal): Promise<SpeechSession> {
    this.#lastOptions = session;
    return new Promise((resolve, reject) => {
      const conversation = new Conversation(this.#deps(session.callId), session, events, {
        onOpened: () => {
          settle();
          resolve(conversation);
        },
        onFailed: (error) => {
          settle();
          reject(error);
        },
      });
      const giveUp = (error: BotError): void => {
        settle();
        conversation.abandon();
        reject(error);
      };
      const onAbort = (): void =>
        giveUp(
          new BotError('model_unavailable', 'The call ended before the model was open.', { cause: signal.reason }),
        );
      const deadline = this.#clock.after(this.#limits.openDeadlineMs, () =>
        giveUp(conversation.lastError ?? new BotError('model_timed_out', 'The model did not open in time.')),
      );
      const settle = (): void => {
        deadline.cancel();
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else conversation.start();
    });
  }

  #deps(callId: string): ConstructorParameters<typeof Conversation>[0] {
    const counters = new SonicCounters(this.counters);
    const logger = this.#options.logger.child({ callId });
    return {
      opener: this.#opener(counters, logger, this.#options.recorder?.call(callId)),
      clock: this.#clock,
      ticker: this.#options.ticker,
      limits: this.#limits,
      inference: this.#options.inference ?? DEFAULT_INFERENCE,
      counters,
      logger,
      random: this.#options.random ?? Math.random,
      onAttempt: (failure) => this.#breaker.onAttempt(failure),
    };
  }

  #probe(): Promise<StreamFailure | undefined> {
    const session = this.#lastOptions;
    if (session === undefined) return Promise.resolve(undefined);
    return probeModel({
      opener: this.#opener(new SonicCounters(), this.#options.logger),
      clock: this.#clock,
      session,
      inference: this.#options.inference ?? DEFAULT_INFERENCE,
      withinMs: this.#limits.attemptTimeoutMs,
      provenAfterMs: this.#limits.probeProvenMs,
    });
  }

  #opener(counters: SonicCounters, logger: Logger, tap?: () => StreamTap | undefined): StreamOpener {
    const { client, modelId } = this.#options;
    return client.streams({ modelId, limits: this.#limits, counters, logger, tap });
  }
}
