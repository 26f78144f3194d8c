import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { MODEL_OUTPUT_HZ, WAV_HEADER_BYTES, wavHeader } from '../../audio';

/** So much may wait for a slow disk. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** What a call's recordings may still write. */
export interface Allowance {
  bytes: number;
}

/** The files of one recording. Nothing throws, and nothing waits: what cannot be written stops it, once. */
export class RecordingFiles {
  readonly #path: string;
  readonly #allowance: Allowance;
  readonly #onStopped: (reason: string) => void;
  readonly #lines: WriteStream;
  #sound: WriteStream | undefined;
  #soundBytes = 0;
  #isStopped = false;

  /**
   * @param path without the suffix
   * @param onStopped called once, where the recording ends before its stream does
   */
  constructor(path: string, suffix: string, allowance: Allowance, onStopped: (reason: string) => void) {
    this.#path = path;
    this.#allowance = allowance;
    this.#onStopped = onStopped;
    this.#lines = this.#create(`${path}${suffix}`);
  }

  /** False once nothing more is taken. */
  get isOpen(): boolean {
    return !this.#isStopped;
  }

  line(value: unknown): void {
    this.#write(this.#lines, Buffer.from(`${JSON.stringify(value)}\n`, 'utf8'));
  }

  /** Keeps 24 kHz PCM16. @returns at which sample it begins */
  sound(pcm: Buffer): number {
    if (this.#sound === undefined) {
      this.#sound = this.#create(`${this.#path}.wav`);
      this.#write(this.#sound, wavHeader(0, MODEL_OUTPUT_HZ));
    }
    const at = this.#soundBytes / 2;
    this.#write(this.#sound, pcm);
    this.#soundBytes += pcm.length;
    return at;
  }

  /** Ends the files; resolves when they are whole. Never rejects. */
  async close(): Promise<void> {
    this.#isStopped = true;
    const files = [this.#lines, ...(this.#sound === undefined ? [] : [this.#sound])];
    try {
      for (const file of files) file.end();
      await Promise.all(files.map((file) => finished(file)));
      if (this.#sound !== undefined) await this.#completeWav();
    } catch {
      // Told by the file's own error.
    }
  }

  #create(path: string): WriteStream {
    // Somebody's words may be in it.
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    file.on('error', (error) => this.#stop('code' in error ? String(error.code) : error.name));
    return file;
  }

  #write(file: WriteStream, bytes: Buffer): void {
    if (this.#isStopped) return;
    this.#allowance.bytes -= bytes.length;
    if (this.#allowance.bytes < 0) this.#stop('full');
    else if (file.writableLength > MAX_BACKLOG_BYTES) this.#stop('slow disk');
    else file.write(bytes);
  }

  #stop(reason: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#onStopped(reason);
  }

  /** How long it became is known only now. */
  async #completeWav(): Promise<void> {
    const file = await open(`${this.#path}.wav`, 'r+');
    try {
      await file.write(wavHeader(this.#soundBytes, MODEL_OUTPUT_HZ), 0, WAV_HEADER_BYTES, 0);
    } finally {
      await file.close();
    }
  }
}
