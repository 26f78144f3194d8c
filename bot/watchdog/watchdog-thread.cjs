/*
 * The thread that watches the main one, which it cannot wait for: what freezes JavaScript there may be native. Plain
 * JavaScript, because it is loaded by its path, from the sources as from the build.
 */
'use strict';
const { write } = require('node:fs');
const { workerData } = require('node:worker_threads');

const { beats, checkEveryMs, frozenAfterChecks, line, exitSignal, writeWithinMs } = workerData;
/** A full pipe that takes nothing now may do so in a moment. */
const WRITE_AGAIN_MS = 20;

let lastBeat = Atomics.load(beats, 0);
let checksWithoutBeat = 0;

/*
 * Checks are counted, not milliseconds: of a process that was suspended, this thread has stood still as long, and a
 * starved machine starves both.
 */
const timer = setInterval(() => {
  const beat = Atomics.load(beats, 0);
  checksWithoutBeat = beat === lastBeat ? checksWithoutBeat + 1 : 0;
  lastBeat = beat;
  if (checksWithoutBeat < frozenAfterChecks) return;
  clearInterval(timer);
  sayAndEnd();
}, checkEveryMs);

/** Says it, past the main thread, and ends the process, also where nobody reads what it says. */
function sayAndEnd() {
  setTimeout(end, writeWithinMs);
  const said = { ...line, time: new Date().toISOString(), standstillMs: checksWithoutBeat * checkEveryMs };
  // Not writeSync: a reader that stopped reading may be what the main thread waits for.
  const text = `${JSON.stringify(said)}\n`;
  const attempt = () =>
    write(1, text, (error) => {
      if (error?.code === 'EAGAIN') setTimeout(attempt, WRITE_AGAIN_MS);
      else end();
    });
  attempt();
}

/** `process.exit` would end this thread only; the kernel asks no thread. */
function end() {
  process.kill(process.pid, exitSignal);
}
