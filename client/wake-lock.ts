/** Keeps a phone's screen on during a call: a sleeping phone stops the page, and with it the call. */
export class WakeLock {
  #sentinel: WakeLockSentinel | undefined;
  #wanted = false;

  constructor() {
    // The browser releases the lock whenever the page is hidden.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#wanted) this.hold();
    });
  }

  /** Idempotent. If the browser cannot or refuses, the call continues without a lock. */
  hold(): void {
    this.#wanted = true;
    const lock = (navigator as Partial<Navigator>).wakeLock;
    if (lock === undefined || this.#sentinel?.released === false) return;
    lock.request('screen').then(
      (sentinel) => {
        if (this.#wanted) this.#sentinel = sentinel;
        else void sentinel.release();
      },
      () => undefined,
    );
  }

  release(): void {
    this.#wanted = false;
    void this.#sentinel?.release();
    this.#sentinel = undefined;
  }
}
