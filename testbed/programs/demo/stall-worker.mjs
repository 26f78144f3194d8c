// Does nothing but look at the clock: what it misses, the machine took from it and not the bot. Plain JavaScript,
// because a worker thread is loaded by Node itself.
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';

const PERIOD_MS = 5;
/** A packet's time: who waits for less is not late. */
const NOTICED_MS = 20;

/** For who wants to know meanwhile: a number in memory that is shared. */
const shared = workerData instanceof SharedArrayBuffer ? new Float64Array(workerData) : [0];
let stalledMs = 0;
let dueMs = performance.now() + PERIOD_MS;
const timer = setTimeout(look, PERIOD_MS);

function look() {
  const nowMs = performance.now();
  if (nowMs - dueMs > NOTICED_MS) stalledMs += nowMs - dueMs;
  shared[0] = stalledMs;
  dueMs = nowMs + PERIOD_MS;
  timer.refresh();
}

parentPort.once('message', () => {
  clearTimeout(timer);
  parentPort.postMessage(stalledMs);
  parentPort.close();
});
