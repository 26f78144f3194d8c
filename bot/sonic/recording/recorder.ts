import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';
import type { RecordingSource } from '../../../contract/model-recordings';
import type { Clock } from '../../time';
import type { Logger } from '../../telemetry';
import type { StreamTap } from '../stream/tap';
import type { Allowance } from './recording-files';
import { type RecordingAbout, StreamRecording } from './stream-recording';

/** What the recordings of one call may take of the disk: with audio some ten minutes of the model's speech. */
const MAX_CALL_BYTES = 32 * 1024 * 1024;

export interface StreamRecorderOptions extends RecordingAbout {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxCallBytes?: number;
}

/** What answers at an endpoint: a stand-in is on this machine, all else is AWS. */
export function recordingSource(endpointUrl: string | undefined): RecordingSource {
  const host = endpointUrl === undefined ? '' : new URL(endpointUrl).hostname;
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.') ? 'stand-in' : 'live';
}

/** Keeps the model streams of calls in a folder, a file for each: `<call>-<n>.nova.jsonl`. No call waits for it. */
export class StreamRecorder {
  readonly #o: StreamRecorderOptions;
  readonly #open = new Set<StreamRecording>();
  #isBroken = false;

  constructor(options: StreamRecorderOptions) {
    this.#o = options;
    try {
      makeFolder(options.folder, 0o700);
    } catch (error) {
      this.#isBroken = true;
      options.logger.error({ err: error }, 'model streams cannot be kept');
    }
  }

  /** For each stream of a call, somebody who writes it down. */
  call(callId: string): () => StreamTap | undefined {
    const { maxCallBytes = MAX_CALL_BYTES } = this.#o;
    const allowance: Allowance = { bytes: maxCallBytes };
    const name = callId.replaceAll(/[^\w-]/g, '_').slice(0, 64);
    let count = 0;
    let isTold = false;
    const onStopped = (reason: string): void => {
      // One line a call: every other stream of it will fail alike.
      if (!isTold) this.#o.logger.warn({ callId, reason }, 'the recording of model streams was stopped');
      isTold = true;
    };
    return () => {
      if (this.#isBroken || isTold) return undefined;
      count += 1;
      return this.#record(path.join(this.#o.folder, `${name}-${count}`), allowance, onStopped);
    };
  }

  /** Resolves when the recordings of streams that have ended are whole. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((recording) => recording.closed ?? Promise.resolve()));
    this.#open.clear();
  }

  #record(file: string, allowance: Allowance, onStopped: (reason: string) => void): StreamTap {
    const { clock } = this.#o;
    const times = { nowMs: clock.nowMs(), epochMs: clock.epochMs() };
    const recording = new StreamRecording({ ...this.#o, ...times, path: file, allowance, onStopped });
    this.#open.add(recording);
    return {
      onSent: (bytes, nowMs) => recording.onSent(bytes, nowMs),
      onReceived: (bytes, nowMs) => recording.onReceived(bytes, nowMs),
      onEnd: (end, nowMs) => {
        recording.onEnd(end, nowMs);
        void recording.closed?.then(() => this.#open.delete(recording));
      },
    };
  }
}
