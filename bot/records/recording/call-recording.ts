import type { RecordLevel } from '../../../contract/call-record';
import type { Clock, Ticker } from '../../time';
import type { WholeRecording } from '../recording-intake';
import { AudioRecorder } from './audio-recorder';

/** What the call's record says of its recording, and where that goes. */
interface Record {
  readonly level: RecordLevel;
  readonly isSecretAsked: boolean;
  readonly recording: {
    part(bytes: Uint8Array): boolean;
    end(about: WholeRecording): void;
  };
}

interface CallRecordingOptions {
  readonly record: Record;
  readonly clock: Clock;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  /** Sound is not recorded, though it should be. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Records a call's sound while its record is of that level: from when that is so, which may be in the middle of the call,
 * until it is so no more. There is one recording a call. Nothing here waits or throws.
 */
export class CallRecording {
  readonly #options: CallRecordingOptions;
  readonly #callStartMs: number;
  #recorder: AudioRecorder | undefined;
  #startMs = 0;
  #stopped: Promise<void> | undefined;

  /** To be made as the call begins. */
  constructor(options: CallRecordingOptions) {
    this.#options = options;
    this.#callStartMs = options.clock.nowMs();
  }

  /** The caller's sound, 16 kHz, as it comes in; it is not changed. */
  callerHeard(pcm16k: Int16Array): void {
    this.#current()?.callerHeard(pcm16k);
  }

  /** The bot's sound, 24 kHz. @param queuedMs what the transport holds before it */
  botPlayed(pcm24k: Int16Array, queuedMs: number): void {
    this.#current()?.botPlayed(pcm24k, queuedMs);
  }

  /** The last of what was played will not be heard. @param queuedMs so much of it */
  botFlushed(queuedMs: number): void {
    this.#current()?.botFlushed(queuedMs);
  }

  /** The call is over. Resolves once the recording is with those who keep it; never rejects. Idempotent. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  /** Who records now. Whoever has sound asks first, so that none gets past what the caller wants. */
  #current(): AudioRecorder | undefined {
    const { record } = this.#options;
    if (this.#stopped !== undefined) return undefined;
    if (record.level !== 'recording') {
      if (this.#recorder !== undefined) void this.stop();
      return undefined;
    }
    this.#recorder ??= this.#start();
    this.#recorder.keepSecret(record.isSecretAsked);
    return this.#recorder;
  }

  #start(): AudioRecorder {
    const { record, clock, ticker, onFailed } = this.#options;
    this.#startMs = clock.nowMs() - this.#callStartMs;
    return new AudioRecorder({ clock, ticker, onFailed, write: (part) => record.recording.part(part) });
  }

  async #stop(): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === undefined) return;
    await recorder.stop();
    const { durationMs, droppedMs } = recorder;
    if (durationMs > 0) this.#options.record.recording.end({ startMs: this.#startMs, durationMs, droppedMs });
  }
}
