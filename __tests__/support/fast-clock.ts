import { systemClock, type Clock } from '../../bot/time/clock';

/** The machine's clock, so many times as fast: for what waits long in earnest while sockets work at their own pace. */
export function fastClock(times: number): Clock {
  const startedMs = performance.now();
  const startedEpochMs = Date.now();
  const elapsedMs = (): number => (performance.now() - startedMs) * times;
  return {
    nowMs: elapsedMs,
    epochMs: () => startedEpochMs + elapsedMs(),
    after: (delayMs, fn) => systemClock.after(delayMs / times, fn),
  };
}
