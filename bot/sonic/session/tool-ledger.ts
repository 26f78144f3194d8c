/** What to do with an answer to a tool request. */
export type Answer =
  | { readonly kind: 'send' }
  /** The stream that asked is gone: the model can be told only in words. */
  | {
      readonly kind: 'late';
      /** A stream since has requested that tool, too. */
      readonly isRequestedAnew: boolean;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'duplicate' };

interface Entry {
  readonly toolName: string;
  /** How many streams were gone when it was requested. */
  readonly epoch: number;
  state: 'pending' | 'orphaned' | 'answered';
}

/** Requests kept to tell duplicates from unknown ones. */
const REMEMBERED = 200;

/** Tool requests and their answers: each is passed on once, answered once, and only on the stream that made it. */
export class ToolLedger {
  readonly #entries = new Map<string, Entry>();
  #epoch = 0;

  /** Notes a request; false for one made before, whose answer was given or is still being worked on. */
  request(toolUseId: string, toolName: string): boolean {
    const known = this.#entries.get(toolUseId);
    if (known?.state === 'orphaned') known.state = 'pending';
    if (known !== undefined) return false;
    this.#entries.set(toolUseId, { toolName, epoch: this.#epoch, state: 'pending' });
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= REMEMBERED) break;
      this.#entries.delete(id);
    }
    return true;
  }

  answer(toolUseId: string): Answer {
    const entry = this.#entries.get(toolUseId);
    if (entry === undefined) return { kind: 'unknown' };
    const { state } = entry;
    entry.state = 'answered';
    if (state === 'answered') return { kind: 'duplicate' };
    if (state === 'pending') return { kind: 'send' };
    const { toolName, epoch } = entry;
    const others = [...this.#entries.values()];
    const isRequestedAnew = others.some((other) => other.toolName === toolName && other.epoch > epoch);
    return { kind: 'late', isRequestedAnew };
  }

  /** The stream is gone: what it asked for can no longer be answered there. */
  orphanPending(): void {
    this.#epoch += 1;
    for (const entry of this.#entries.values()) if (entry.state === 'pending') entry.state = 'orphaned';
  }

  get hasPending(): boolean {
    for (const entry of this.#entries.values()) if (entry.state === 'pending') return true;
    return false;
  }
}
