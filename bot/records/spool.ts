/** Something that is to lie at `key`, and waits to be taken there. */
export interface Item {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Of a file that grows: where in it these bytes belong. Left out: they are all of it. */
  readonly at?: number;
  /** A piece of a recording. The last quarter of the spool is for what tells how calls went. */
  readonly isBulk: boolean;
}

/** Tells what replaces what: of what is written whole, only the newest counts. */
export const idOf = ({ key, at }: Pick<Item, 'key' | 'at'>): string => (at === undefined ? key : `${key}@${at}`);

const BULK_SHARE = 0.75;

/** What waits, in the order in which it came; bounded in bytes. */
export class Spool {
  readonly #maxBytes: number;
  readonly #waiting = new Map<string, Item>();
  /** Taken out, and neither done nor put back. */
  readonly #taken = new Map<string, Item>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What waits and what is on its way. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#taken.size === 0;
  }

  /** The newest of each that is neither done nor given up. */
  get left(): readonly Item[] {
    return [...new Map([...this.#taken, ...this.#waiting]).values()];
  }

  /** What is here of that id still, or again. */
  has(id: string): boolean {
    return this.#waiting.has(id) || this.#taken.has(id);
  }

  /** @returns false where there is no room; what waited under the same id stays then */
  put(item: Item): boolean {
    const id = idOf(item);
    const before = this.#waiting.get(id)?.bytes.length ?? 0;
    const bytes = this.#bytes - before + item.bytes.length;
    if (bytes > this.#maxBytes * (item.isBulk ? BULK_SHARE : 1)) return false;
    this.#bytes = bytes;
    this.#waiting.set(id, item);
    return true;
  }

  /** The first that waits and of which nothing is on its way; `done` or `putBack` must follow. */
  take(): Item | undefined {
    for (const [id, item] of this.#waiting) {
      if (this.#taken.has(id)) continue;
      this.#waiting.delete(id);
      this.#taken.set(id, item);
      return item;
    }
    return undefined;
  }

  done(item: Item): void {
    if (this.#taken.delete(idOf(item))) this.#bytes -= item.bytes.length;
  }

  /** It could not be taken there: it waits again, behind the others, unless there is a newer one. */
  putBack(item: Item): void {
    const id = idOf(item);
    if (!this.#taken.delete(id)) return;
    if (this.#waiting.has(id)) this.#bytes -= item.bytes.length;
    else this.#waiting.set(id, item);
  }
}
