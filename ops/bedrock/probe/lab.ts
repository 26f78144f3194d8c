import { type SonicClient, StreamRecorder } from '../../../bot/sonic';
import type { Logger } from '../../../bot/telemetry';
import { type Clock, Ticker } from '../../../bot/time';
import { Interrupted } from '../../cli/ops-error';
import { LabStream, type LabStreamOptions, type WireEvents } from './lab-stream';
import { Ended, type Ending, prefixOf, troubleOf } from './outcome';
import { costOf, type Tokens } from './prices';
import type { Seen } from './reading';

type StreamEvents = Parameters<ReturnType<SonicClient['streams']>['open']>[1];
type StreamEnd = Parameters<StreamEvents['onClose']>[0];

export interface LabOptions {
  readonly client: SonicClient;
  readonly modelId: string;
  readonly voiceId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly recordings: ConstructorParameters<typeof StreamRecorder>[0] | undefined;
  /** The caller's voice, 16 kHz. */
  readonly speech: Int16Array;
  readonly budgetUsd: number;
}

/** No more may be spent. */
class OverBudget extends Error {
  override readonly name = 'OverBudget';
}

/** Where experiments are made: one model, all streams of a probe, what they cost, and what went wrong by itself. */
export class Lab {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly voiceId: string;
  readonly speech: Int16Array;
  /** What went wrong by itself, and how often. */
  readonly troubles = new Map<string, number>();
  /** How the texts of refusals began. */
  readonly prefixes = new Set<string>();
  readonly #options: LabOptions;
  readonly #recorder: StreamRecorder | undefined;
  readonly #live = new Set<LabStream>();
  readonly #spent: Tokens = { inputSpeech: 0, inputText: 0, outputSpeech: 0, outputText: 0 };
  readonly #onAbort = (): void => {
    for (const stream of [...this.#live]) stream.stop(new Interrupted('Nothing was changed.'));
  };

  constructor(options: LabOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.voiceId = options.voiceId;
    this.speech = options.speech;
    this.ticker = new Ticker({ periodMs: 32, clock: options.clock, onListenerError: () => undefined });
    this.#recorder = options.recordings === undefined ? undefined : new StreamRecorder(options.recordings);
    options.signal.addEventListener('abort', this.#onAbort);
  }

  get liveStreams(): number {
    return this.#live.size;
  }

  /** By the tokens that the service told of; undefined where the model has no list price. */
  get spentUsd(): number | undefined {
    return costOf(this.#spent, this.#options.modelId);
  }

  /** @throws Interrupted */
  failIfStopped(): void {
    if (this.#options.signal.aborted) throw new Interrupted('Nothing was changed.');
  }

  /** Opens a stream for `use`, and closes it whatever comes. A trouble that passes is given a second stream. */
  async on<T>(name: string, options: LabStreamOptions, use: (stream: LabStream) => Promise<T>): Promise<T> {
    try {
      return await this.#once(name, options, use);
    } catch (error) {
      const trouble = error instanceof Ended ? troubleOf(error.ending, false) : undefined;
      const passes = trouble === 'premature-close' || (trouble !== undefined && options.mayBeRefused !== true);
      if (!passes) throw error;
      return this.#once(`${name}-again`, options, use);
    }
  }

  onSeen({ name, body }: Seen): void {
    if (name !== 'usageEvent') return;
    const { delta } = (body['details'] ?? {}) as { delta?: Record<string, Record<string, number> | undefined> };
    const spent = this.#spent;
    spent.inputSpeech += delta?.['input']?.['speechTokens'] ?? 0;
    spent.inputText += delta?.['input']?.['textTokens'] ?? 0;
    spent.outputSpeech += delta?.['output']?.['speechTokens'] ?? 0;
    spent.outputText += delta?.['output']?.['textTokens'] ?? 0;
  }

  onEnding(stream: LabStream, ending: Ending): void {
    if (ending.name.endsWith('Exception')) this.prefixes.add(prefixOf(ending.text));
    const trouble = stream.mayBeRefused ? undefined : troubleOf(ending, stream.hasHistory);
    // After history the filter is a trouble wherever it strikes.
    const filter = troubleOf(ending, stream.hasHistory) === 'filter-after-history' ? 'filter-after-history' : trouble;
    if (filter !== undefined) this.noteTrouble(filter);
  }

  noteTrouble(trouble: string): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }

  /** For streams only: opens one on the wire. */
  openStream(name: string, opening: readonly Uint8Array[], events: WireEvents) {
    const { client, modelId, logger } = this.#options;
    const recording = this.#recorder?.call(name)();
    const tap = {
      onSent: (bytes: Uint8Array, nowMs: number) => recording?.onSent(bytes, nowMs),
      onReceived: (bytes: Uint8Array, nowMs: number) => {
        recording?.onReceived(bytes, nowMs);
        events.onReceived(bytes);
      },
      onEnd: (end: StreamEnd, nowMs: number) => recording?.onEnd(end, nowMs),
    };
    const script = { opening, goodbye: () => events.goodbye() };
    return client.streams({ modelId, logger, tap: () => tap }).open(script, {
      onAccepted: () => events.onAccepted(),
      onOutput: () => undefined,
      onClose: (end) => events.onEnd(endingOf(end)),
    });
  }

  /** Resolves when recordings are whole; streams must have been closed. */
  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    await this.#recorder?.close();
  }

  async #once<T>(name: string, options: LabStreamOptions, use: (stream: LabStream) => Promise<T>): Promise<T> {
    this.failIfStopped();
    if ((this.spentUsd ?? 0) > this.#options.budgetUsd) throw new OverBudget('the budget was used up before it');
    const stream = new LabStream(this, name, options);
    this.#live.add(stream);
    try {
      return await use(stream);
    } finally {
      this.#live.delete(stream);
      // Stopped, nobody waits for a goodbye: the client is destroyed at once.
      if (!this.#options.signal.aborted) await stream.close();
    }
  }
}

function endingOf(end: StreamEnd): Omit<Ending, 'atMs'> | undefined {
  if (end.kind === 'closed') return undefined;
  const { error } = end.failure;
  const { cause, message } = error;
  if (cause instanceof Error && /Exception$/.test(cause.name)) return { name: cause.name, text: cause.message, error };
  return { name: 'connection', text: cause instanceof Error ? cause.message : message, error };
}
