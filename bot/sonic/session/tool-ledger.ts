/** What becomes of an answer to a tool request. */
export type Answer =
  | { readonly kind: 'send' }
  /** The stream that asked is gone: the model can be told only in words. */
  | { readonly kind: 'late'; readonly toolName: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'duplicate' };

interface Entry {
  readonly toolName: string;
  state: 'pending' | 'orphaned' | 'answered';
}

/** Old requests are kept to tell duplicates from unknown ones; more than these nobody asks for. */
const REMEMBERED = 200;

/** Which tool requests wait for an answer: each is answered once, and only on the stream that asked. */
export class ToolLedger {
  readonly #entries = new Map<string, Entry>();

  /** Notes a request; false when the present stream has made it before. */
  request(toolUseId: string, toolName: string): boolean {
    const known = this.#entries.get(toolUseId);
    if (known !== undefined && known.state !== 'orphaned') return false;
    this.#entries.set(toolUseId, { toolName, state: 'pending' });
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
    return state === 'pending' ? { kind: 'send' } : { kind: 'late', toolName: entry.toolName };
  }

  /** The stream is gone: what it asked for can no longer be answered there. */
  orphanPending(): void {
    for (const entry of this.#entries.values()) if (entry.state === 'pending') entry.state = 'orphaned';
  }

  get hasPending(): boolean {
    for (const entry of this.#entries.values()) if (entry.state === 'pending') return true;
    return false;
  }
}
