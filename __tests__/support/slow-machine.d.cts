/** Adds to a test's error that this machine was too slow, where it was. */
export function remarkOn(error: unknown, stalledMs: number, lastedMs: number): void;
