import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 64 * 1024;

/**
 * What a program prints, in a file without a name. A program that prints into a pipe dies with whoever reads it; into
 * this one it goes on to its end, and the file goes with the last process that has it open.
 */
export class OutputFile {
  /** For the program to write to. */
  readonly fd: number;
  readonly #reader: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #isClosed = false;

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-ops-'));
    try {
      const file = path.join(folder, 'output');
      this.fd = openSync(file, 'ax', 0o600);
      this.#reader = openSync(file, 'r');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** What was printed since the last time. */
  read(): string {
    let text = '';
    for (;;) {
      const bytes = readSync(this.#reader, this.#chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) return text;
      text += this.#decoder.write(this.#chunk.subarray(0, bytes));
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.fd);
    closeSync(this.#reader);
  }
}
