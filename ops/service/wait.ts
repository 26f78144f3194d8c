import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../cli/ops-error';

/** Waits for an interval. @throws Interrupted with `done` as its message */
export async function pause(ms: number, signal: AbortSignal, done: string, fix = ''): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new Interrupted(done, fix);
  }
}
