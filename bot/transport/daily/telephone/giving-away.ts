import type { TransferDestination, TransferOutcome } from '../../transport';

/** Where Daily can send a caller: a number, or a SIP address; undefined for what it takes no call to. */
export function endPointOf({ address }: Pick<TransferDestination, 'address'>): string | undefined {
  if (address.startsWith('tel:+')) return address.slice('tel:'.length);
  return address.startsWith('sip:') ? address : undefined;
}

/** A telephone caller being given away. Daily takes them out of the room when it does, and says no otherwise. */
export class GivingAway {
  #settle: ((outcome: TransferOutcome) => void) | undefined;
  #mayHaveGone = false;

  /** Whether the caller may be on a line that Daily carries elsewhere: the room must then not be taken away. */
  get mayHaveGone(): boolean {
    return this.#mayHaveGone;
  }

  /** Daily is asked now. Resolves by `left` or `refused`, or when `signal` aborts. */
  begin(signal: AbortSignal): Promise<TransferOutcome> {
    if (signal.aborted) return Promise.resolve({ kind: 'failed', why: 'no-answer' });
    this.#mayHaveGone = true;
    return new Promise((resolve) => {
      this.#settle = resolve;
      signal.addEventListener('abort', () => this.#end({ kind: 'failed', why: 'no-answer' }), { once: true });
    });
  }

  /** The caller has left the room. @returns whether because they were given away */
  left(): boolean {
    return this.#end({ kind: 'given-away' });
  }

  refused(): void {
    if (this.#end({ kind: 'failed', why: 'refused' })) this.#mayHaveGone = false;
  }

  #end(outcome: TransferOutcome): boolean {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
    return settle !== undefined;
  }
}
