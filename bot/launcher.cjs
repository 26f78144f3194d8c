/*
 * What `npm run build` makes dist/bot/main.js of: it runs the bot beside it with what V8 had made of it at an earlier start
 * (scripts/code-cache.mjs). Plain JavaScript, because it is not built.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

/*
 * Old objects may grow to four times what the last full collection left, some 100 MB. By itself V8 settles for less with a heap that
 * small, and with 40 calls collected all of it every 600 ms, which made one beat of a hundred 20 ms late (docs/performance.md).
 */
setFlagsFromString('--heap-growing-percent=300');

const file = join(__dirname, 'bot.js');
// The build writes ASCII only, in the function that is a module.
const source = readFileSync(file, 'latin1');
/** The first line names the build. V8 itself sees only whether the length is the same, and whether Node is. */
const stamp = `${source.slice(0, source.indexOf('\n'))} ${process.version} ${process.arch}`;
const script = new Script(source, { filename: file, cachedData: cachedCode() });
if (script.cachedDataRejected) {
  process.emitWarning(
    'V8 refused bot.js.cache, as it does with flags in NODE_OPTIONS that it was not made with',
    'SlowStart',
  );
}
script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
module.exports = { script, stamp };

/** Undefined where it is of another build, another Node or another processor, or where there is none: then all is compiled. */
function cachedCode() {
  try {
    const cache = readFileSync(`${file}.cache`);
    const codeBytes = cache.length - Buffer.byteLength(stamp);
    return cache.latin1Slice(Math.max(0, codeBytes)) === stamp ? cache.subarray(0, codeBytes) : undefined;
  } catch {
    return undefined;
  }
}
