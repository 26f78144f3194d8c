import { once } from 'node:events';
import path from 'node:path';
import type { Image } from './replay';
import type { Report } from './report';
import { ask, start, startBot } from './run';
import { differences, treeOf } from './tree';

const STARTS = 4;
const HEALTH_WITHIN_MS = 600;
/** What a node with nothing to do takes where nothing else runs. */
const CALM_BARE_MS = 50;

/** Starts the bot and says whether V8 took what is in its code cache. */
const TAKES_CODE_CACHE = 'process.exit(require(process.argv[1]).script.cachedDataRejected === false ? 0 : 1)';

/** Started and stopped some times over, without AWS and without Daily's key: only what the image does by itself. */
export async function checkStarts(image: Image, version: string, report: Report): Promise<void> {
  const isTmp = (relative: string): boolean => /^(tmp|proc|dev)$/.test(relative);
  const before = treeOf(image.root, isTmp);
  const timesMs: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const bot = await startBot(image, { env: { TRANSPORT: 'webrtc' } });
    timesMs.push(bot.healthMs);
    if (i === 0)
      report.check(bot.health.version === version, `/health says version ${bot.health.version}, which is this build`);
    await bot.stop();
  }
  const fastestMs = Math.round(Math.min(...timesMs));
  const bareMs = Math.round(await bareStartMs(image));
  const told = `/health answers ${fastestMs} ms after the start (at most ${HEALTH_WITHIN_MS}); node alone is there after ${bareMs}`;
  // Late by no more than this machine is with anything.
  if (fastestMs > HEALTH_WITHIN_MS && (fastestMs * CALM_BARE_MS) / bareMs <= HEALTH_WITHIN_MS)
    report.say(`  skipped  ${told}: this machine was too slow to tell`);
  else report.check(fastestMs <= HEALTH_WITHIN_MS, told);
  const written = differences(before, treeOf(image.root, isTmp));
  report.check(written.length === 0, `it wrote nothing outside of /tmp ${written.slice(0, 3).join(' ')}`);

  const main = path.posix.resolve(image.workdir, 'dist/bot/main.js');
  const cached = start(image, ['/usr/local/bin/node', '-e', TAKES_CODE_CACHE, main]);
  cached.stderr?.pipe(process.stderr);
  const [code] = (await once(cached, 'exit')) as [number | null];
  report.check(code === 0, 'its code cache is of its node and its build');
}

/** The fastest of some starts of node that do nothing: how slow this machine is at the moment. */
async function bareStartMs(image: Image): Promise<number> {
  const timesMs: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const startedMs = performance.now();
    await once(start(image, ['/usr/local/bin/node', '-e', '0']), 'exit');
    timesMs.push(performance.now() - startedMs);
  }
  return Math.min(...timesMs);
}

/** P14, I1: a process of the same user cannot have a debugger opened, which would show all that the bot knows. */
export async function checkDebugger(image: Image, report: Report): Promise<void> {
  const [init = '', separator = '', ...node] = image.entrypoint;
  const signalled = [
    ...node,
    '-e',
    "process.kill(process.pid, 'SIGUSR1'); setTimeout(() => console.log('went on'), 500);",
  ];
  const child = start(image, [init, separator, ...signalled]);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  await once(child, 'close');
  report.check(!/debugger/i.test(said), `P14: SIGUSR1 opens no debugger ${/debugger.*/i.exec(said)?.[0] ?? ''}`);
  const health = await ask('http://127.0.0.1:9229/json/version');
  report.check(health === undefined, 'P14: nothing listens on 9229');
}
