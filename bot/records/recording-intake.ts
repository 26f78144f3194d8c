import {
  type CallRecord,
  type RecordedCallName,
  recordingKey,
  recordingPartKey,
  recordingPartsPrefix,
} from '../../contract/call-record';
import type { RecordWriter } from './writer';

/** What the recordings of all calls may take of the memory, until each is one object. */
export interface Allowance {
  bytes: number;
}

/** What is known of a recording once it is over. */
export interface WholeRecording {
  /** When its first sound was, since the call began. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Sound that found no room in it. */
  readonly droppedMs?: number;
}

interface RecordingIntakeOptions {
  readonly call: RecordedCallName;
  readonly writer: Pick<RecordWriter, 'write'>;
  /** Whether the place has files that can grow; else each part is an object, and all of them another at the end. */
  readonly grows: boolean;
  readonly allowance: Allowance;
}

/**
 * Takes a call's recording as it is made. Each part is some of one file, in order, that can be played as far as it has
 * come: whole pages of Ogg. Nobody waits and nothing throws.
 */
export class RecordingIntake {
  readonly #o: RecordingIntakeOptions;
  #parts = 0;
  #bytes = 0;
  #dropped = 0;
  /** All parts, for the object at the end; undefined where there is none to be made. */
  #joined: Uint8Array[] | undefined;
  #isWhole: boolean;
  #about: Pick<NonNullable<CallRecord['recording']>, 'startMs' | 'durationMs' | 'droppedMs'> = {};
  #isEnded = false;

  constructor(options: RecordingIntakeOptions) {
    this.#o = options;
    this.#isWhole = options.grows;
    this.#joined = options.grows ? undefined : [];
  }

  /** As the record has it; undefined before there is anything. */
  get state(): CallRecord['recording'] {
    if (this.#parts === 0) return undefined;
    const { call } = this.#o;
    const key = this.#isWhole ? recordingKey(call) : recordingPartsPrefix(call);
    return { key, parts: this.#parts, isWhole: this.#isWhole, ...this.#about };
  }

  /** Parts that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Keeps the next part, which must not be changed any more. Some 30 s of sound each: less is lost with the process, more
   * costs a request each.
   * @returns false where it found no room: it is counted, and what comes next joins what came before
   */
  part(bytes: Uint8Array): boolean {
    if (this.#isEnded || bytes.length === 0) return false;
    const { call, writer, grows } = this.#o;
    const at = grows ? { key: recordingKey(call), at: this.#bytes } : { key: recordingPartKey(call, this.#parts + 1) };
    if (!writer.write({ ...at, bytes, isBulk: true })) {
      this.#dropped += 1;
      return false;
    }
    this.#parts += 1;
    this.#bytes += bytes.length;
    this.#hold(bytes);
    return true;
  }

  /** The recording is over. Idempotent. */
  end({ startMs, durationMs, droppedMs = 0 }: WholeRecording): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#about = {
      startMs: Math.round(startMs),
      durationMs: Math.round(durationMs),
      ...(droppedMs > 0 ? { droppedMs: Math.ceil(droppedMs) } : {}),
    };
    const { call, writer } = this.#o;
    const parts = this.#release();
    if (parts.length === 0) return;
    this.#isWhole = writer.write({ key: recordingKey(call), bytes: Buffer.concat(parts), isBulk: true });
  }

  /** Until the end, if there is room: a recording that finds none stays in its parts. */
  #hold(bytes: Uint8Array): void {
    if (this.#joined === undefined) return;
    const { allowance } = this.#o;
    allowance.bytes -= bytes.length;
    this.#joined.push(bytes);
    if (allowance.bytes < 0) this.#release();
  }

  #release(): readonly Uint8Array[] {
    const parts = this.#joined ?? [];
    this.#joined = undefined;
    for (const { length } of parts) this.#o.allowance.bytes += length;
    return parts;
  }
}
