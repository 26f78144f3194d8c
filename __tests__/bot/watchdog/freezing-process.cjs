/* Preloaded (`node --require`) into a process, makes its main thread stand still on SIGUSR2, in the way that FREEZE names. */
'use strict';
const { readFileSync, writeSync } = require('node:fs');

const FREEZES = {
  'busy loop': () => {
    for (;;);
  },
  // A FIFO that nobody writes: the thread is in the kernel, out of JavaScript's reach.
  'native call': () => readFileSync(process.env.FREEZE_FIFO),
  'log that nobody reads': () => {
    for (;;) {
      try {
        writeSync(1, 'x'.repeat(65_536));
      } catch {
        // EAGAIN: full.
      }
    }
  },
};

process.on('SIGUSR2', () => FREEZES[process.env.FREEZE]());
