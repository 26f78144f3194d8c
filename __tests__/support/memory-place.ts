import type { Item } from '../../bot/records/spool';
import type { Sink } from '../../bot/records/writer';

/** A place for call records that a test takes away, slows down and gives back. */
export class MemoryPlace implements Sink {
  /** What is there, by its key. */
  readonly objects = new Map<string, Buffer>();
  /** Keys in the order in which they were put, those that were refused, too. */
  readonly asked: string[] = [];
  /** What it answers; undefined: it takes what is put. */
  refuses: Error | undefined;
  /** Nothing is answered until this is called off. */
  isHanging = false;
  isClosed = false;
  atOnce = 0;
  mostAtOnce = 0;
  readonly #hanging = new Set<() => void>();

  async put({ key, bytes, at }: Item, signal: AbortSignal): Promise<void> {
    if (this.isClosed) throw new Error('put after close');
    this.asked.push(key);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      if (this.isHanging) await this.#hang(signal);
      await Promise.resolve();
      if (signal.aborted) throw new Error('aborted');
      if (this.refuses !== undefined) throw this.refuses;
      this.objects.set(key, at === undefined ? Buffer.from(bytes) : this.#grown(key, bytes, at));
    } finally {
      this.atOnce -= 1;
    }
  }

  release(): void {
    this.isHanging = false;
    for (const goOn of this.#hanging) goOn();
  }

  close(): void {
    this.isClosed = true;
  }

  /** Everything that lies there, as text. */
  get everything(): string {
    return [...this.objects].map(([key, bytes]) => `${key} ${bytes.toString()}`).join('\n');
  }

  #hang(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        this.#hanging.delete(goOn);
        resolve();
      };
      this.#hanging.add(goOn);
      signal.addEventListener('abort', goOn, { once: true });
    });
  }

  #grown(key: string, bytes: Uint8Array, at: number): Buffer {
    const before = this.objects.get(key) ?? Buffer.alloc(0);
    if (at > before.length) throw new Error('a hole');
    return Buffer.concat([before.subarray(0, at), bytes]);
  }
}
