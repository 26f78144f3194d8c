import { InvokeModelWithBidirectionalStreamCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Logger } from 'pino';
import type { Clock, Timer } from '../../time';
import type { SonicCounters } from '../counters';
import type { SonicLimits } from '../limits';
import { parseOutput } from '../protocol/parse-output';
import { classifyEnd } from './classify';
import { watchdogFailure, type StreamFailure } from './failure';
import type { DuplexHttp2Handler } from './http2-handler';
import { InputQueue } from './input-queue';
import type { ModelStream, Script, StreamEnd, StreamEvents, StreamProgress } from './model-stream';
import type { StreamTap } from './tap';
import type { TransportFault } from './transport-fault';

export interface SonicStreamOptions {
  readonly client: BedrockRuntimeClient;
  readonly handler: DuplexHttp2Handler;
  /** When the credentials now in use expire, on the clock's scale. */
  readonly credentialsExpireAtMs: () => Promise<number | undefined>;
  /** By how much the SDK corrects the machine's clock: it learns that from the dates of answers, refusals included. */
  readonly clockOffsetMs: () => number;
  readonly modelId: string;
  readonly clock: Clock;
  readonly limits: SonicLimits;
  readonly counters: SonicCounters;
  readonly logger: Logger;
  /** Reads along; usually nobody does. */
  readonly tap?: StreamTap | undefined;
}

/** AWS takes signatures of a clock that is off by five minutes at the most; a refusal for less has another cause. */
const CLOCK_TOLERANCE_MS = 4 * 60_000;

type State = StreamProgress | 'closing' | 'closed';

/**
 * One bidirectional stream over the SDK. The SDK's ways of ending are many (see classify.ts) and some never end at all;
 * so the end is decided here, once, by whatever comes first, and the SDK is aborted afterwards in every case: a loop
 * that is merely left keeps its socket.
 */
export class SonicStream implements ModelStream {
  readonly #options: SonicStreamOptions;
  readonly #events: StreamEvents;
  readonly #script: Script;
  readonly #queue: InputQueue;
  /** One a stream: a signal shared by many streams leaks listeners. */
  readonly #abort = new AbortController();
  #resolveDone: () => void = () => undefined;
  readonly #done = new Promise<void>((resolve) => (this.#resolveDone = resolve));
  #state: State = 'preparing';
  #credentialsExpireAtMs: number | undefined;
  #fault: TransportFault | undefined;
  /** How the clock was corrected when the request was signed. */
  #signedOffsetMs = 0;
  #hasSaidGoodbye = false;
  #graceTimer: Timer | undefined;
  /** Since when audio has been dropped without a pause. */
  #stalledSinceMs: number | undefined;

  constructor(options: SonicStreamOptions, script: Script, events: StreamEvents) {
    this.#options = options;
    this.#events = events;
    this.#script = script;
    this.#queue = new InputQueue(options.limits.maxAudioAgeMs);
    options.handler.watch(this.#abort.signal, {
      onSent: () => {
        this.#advance('preparing', 'connecting');
        this.#signedOffsetMs = options.clockOffsetMs();
        void this.#learnExpiry();
      },
      onConnected: () => this.#advance('connecting', 'connected'),
      onAccepted: () => this.#onAccepted(),
      onChunk: (bytes) => this.#onChunk(bytes),
      onFault: (fault) => (this.#fault ??= fault),
    });
    this.send(script.opening);
    // The SDK answers only when the response is over, its output events left out; so nothing waits for it.
    void this.#run();
  }

  get progress(): StreamProgress | undefined {
    return this.#state === 'closing' || this.#state === 'closed' ? undefined : this.#state;
  }

  get credentialsExpireAtMs(): number | undefined {
    return this.#credentialsExpireAtMs;
  }

  send(events: readonly Uint8Array[]): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    const nowMs = this.#options.clock.nowMs();
    for (const event of events) {
      this.#queue.push(event, nowMs);
      this.#options.tap?.onSent(event, nowMs);
    }
  }

  sendAudio(event: Uint8Array): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    const nowMs = this.#options.clock.nowMs();
    const { dropped, lagMs } = this.#queue.push(event, nowMs, 'audio');
    this.#options.tap?.onSent(event, nowMs);
    if (dropped > 0) this.#options.counters.add('audioFramesDropped', dropped);
    // Just below the limit, because what is above it has been dropped already.
    if (lagMs < this.#options.limits.maxAudioAgeMs - 100) this.#stalledSinceMs = undefined;
    else this.#onLag(nowMs);
  }

  close(): Promise<void> {
    if (this.#state === 'closing' || this.#state === 'closed') return this.#done;
    if (this.#state !== 'connected' && this.#state !== 'accepted') {
      this.#settle({ kind: 'closed' });
      return this.#done;
    }
    this.send(this.#script.goodbye());
    this.#state = 'closing';
    this.#hasSaidGoodbye = true;
    this.#queue.finish();
    this.#graceTimer = this.#options.clock.after(this.#options.limits.closeGraceMs, () =>
      this.#settle({ kind: 'closed' }),
    );
    return this.#done;
  }

  abort(failure?: StreamFailure): void {
    this.#settle(failure === undefined ? { kind: 'closed' } : { kind: 'failed', failure });
  }

  async #run(): Promise<void> {
    let thrown: unknown;
    try {
      const { client, modelId } = this.#options;
      const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: this.#queue });
      const output = await client.send(command, { abortSignal: this.#abort.signal });
      for await (const part of output.body ?? []) {
        const bytes = part.chunk?.bytes;
        if (bytes !== undefined) this.#onChunk(bytes);
      }
    } catch (error) {
      thrown = error ?? new Error('a failure without an error');
    }
    const learnedMs = this.#options.clockOffsetMs() - this.#signedOffsetMs;
    // What was signed well a moment ago is signed well as long as the clock does not jump.
    const isClockSuspect = this.#state === 'accepted' || Math.abs(learnedMs) >= CLOCK_TOLERANCE_MS;
    // After our goodbye every end is the end we asked for.
    if (this.#hasSaidGoodbye) this.#settle({ kind: 'closed' });
    else this.#settle({ kind: 'failed', failure: classifyEnd(thrown, this.#fault, isClockSuspect) });
  }

  /** The SDK keeps what it has just signed with, so that this asks nobody. */
  async #learnExpiry(): Promise<void> {
    try {
      this.#credentialsExpireAtMs = await this.#options.credentialsExpireAtMs();
    } catch {
      // Credentials that cannot be had are the request's own failure, told there.
    }
  }

  #onChunk(bytes: Uint8Array): void {
    if (this.#abort.signal.aborted) return;
    this.#onAccepted();
    this.#options.tap?.onReceived(bytes, this.#options.clock.nowMs());
    this.#events.onOutput(parseOutput(bytes));
  }

  #advance(from: State, to: State): void {
    if (this.#state === from) this.#state = to;
  }

  #onAccepted(): void {
    if (this.#state === 'accepted' || this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'accepted';
    this.#events.onAccepted();
  }

  /** A stalled network swallows seconds of audio without an error before it stops to take more. */
  #onLag(nowMs: number): void {
    const isUp = this.#state === 'connected' || this.#state === 'accepted';
    this.#stalledSinceMs = isUp ? (this.#stalledSinceMs ?? nowMs) : undefined;
    if (nowMs - (this.#stalledSinceMs ?? nowMs) < this.#options.limits.stalledAfterMs) return;
    this.abort(watchdogFailure('model_stalled', 'The model takes no more audio: the connection is stalled.'));
  }

  #settle(end: StreamEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#graceTimer?.cancel();
    this.#queue.discard();
    this.#abort.abort();
    this.#options.logger.debug({ end: end.kind }, 'model stream ended');
    this.#options.tap?.onEnd(end, this.#options.clock.nowMs());
    this.#events.onClose(end);
    this.#resolveDone();
  }
}
