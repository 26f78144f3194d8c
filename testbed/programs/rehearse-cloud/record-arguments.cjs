/*
 * Loaded before a command's own code, and by NODE_OPTIONS into each Node.js process beneath it: writes the arguments of
 * every process that is started into $RECORD_ARGUMENTS, a JSON array a line.
 */
const { appendFileSync } = require('node:fs');
const childProcess = require('node:child_process');
const { syncBuiltinESMExports } = require('node:module');

const record = (args) => appendFileSync(process.env.RECORD_ARGUMENTS, `${JSON.stringify(args)}\n`);
record(process.argv);

const { prototype } = childProcess.ChildProcess;
const { spawn } = prototype;
prototype.spawn = function recorded(options) {
  record([options.file, ...(options.args ?? [])]);
  return spawn.call(this, options);
};
for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  const start = childProcess[name];
  childProcess[name] = (...given) => {
    record([given[0], ...(Array.isArray(given[1]) ? given[1] : [])]);
    return start(...given);
  };
}
syncBuiltinESMExports();
