/* `node scripts/code-cache.mjs MAIN`: starts the bot that `npm run build` made, MAIN being its dist/bot/main.js, and keeps beside
   it what V8 has compiled by then: for this Node on this kind of processor. Where the bot does not start, as with an agent
   that needs what is not here, there is none, and each start compiles what it needs. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ASK_EVERY_MS = 20;
const START_WITHIN_MS = 30_000;

const [main, mode] = process.argv.slice(2).map((argument, index) => (index === 0 ? resolve(argument) : argument));
const cache = resolve(main, '../bot.js.cache');
if (mode === 'started') await keepCode();
else startAndKeep();

/** In a process that has none of the variables here, which would be the bot's. */
function startAndKeep() {
  rmSync(cache, { force: true });
  const { PATH } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), main, 'started'], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: START_WITHIN_MS,
    encoding: 'utf8',
  });
  if (status !== 0) console.warn(`no code cache, because the bot does not start here: ${stdout}`);
}

async function keepCode() {
  const port = await freePort();
  Object.assign(process.env, { TRANSPORT: 'webrtc', HOST: '127.0.0.1', FAST_API_PORT: String(port) });
  const { script, stamp } = createRequire(import.meta.url)(main);
  const isUp = async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.ok === true;
  while (!(await isUp())) await setTimeout(ASK_EVERY_MS);
  writeFileSync(cache, Buffer.concat([script.createCachedData(), Buffer.from(stamp, 'latin1')]));
  process.exit();
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
