/** All the audio of one caller, 16 kHz mono, in the pieces in which it came. */
export class HeardAudio {
  #pieces: Int16Array[] = [];
  #samples = 0;

  /** Adds whole samples of little-endian PCM; nothing is copied when the bytes are aligned. */
  push(bytes: Buffer): Int16Array {
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
    const pcm = new Int16Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
    this.#pieces.push(pcm);
    this.#samples += pcm.length;
    return pcm;
  }

  get samples(): number {
    return this.#samples;
  }

  /** A copy of the samples in `[start, end)`. */
  slice(start = 0, end = this.#samples): Int16Array {
    const out = new Int16Array(Math.max(0, Math.min(end, this.#samples) - start));
    let position = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(start, position);
      const to = Math.min(end, position + piece.length);
      if (from < to) out.set(piece.subarray(from - position, to - position), from - start);
      position += piece.length;
      if (position >= end) break;
    }
    return out;
  }

  /** Forgets everything: a finished session that nobody will ask about any more. */
  clear(): void {
    this.#pieces = [];
    this.#samples = 0;
  }
}
