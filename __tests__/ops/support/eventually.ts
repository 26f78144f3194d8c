import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something outside this process's reach is so; fails after `withinMs`. */
export async function eventually(isSo: () => boolean, what: string, withinMs = 3_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > until) throw new Error(`not so within ${withinMs} ms: ${what}`);
    await sleep(5);
  }
}
