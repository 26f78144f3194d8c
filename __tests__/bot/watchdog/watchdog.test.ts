import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';

/** How long the watched process may stand still: ten checks of 100 ms. */
const FROZEN_AFTER_MS = 1000;
const BOT = path.join(__dirname, '../../../bot/watchdog');

const children: ChildProcess[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'watchdog-'));
const fifo = path.join(folder, 'fifo');
const program = path.join(folder, 'watched-process.js');

beforeAll(async () => {
  execFileSync('mkfifo', [fifo]);
  // As scripts/build.mjs does: the program in one file, and the thread's beside it.
  const entryPoints = [path.join(__dirname, 'watched-process.ts')];
  await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'cjs' });
  copyFileSync(path.join(BOT, 'watchdog-thread.cjs'), path.join(folder, 'watchdog-thread.cjs'));
});
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(freeze: string): Promise<ChildProcess> {
  const child = fork(program, {
    execArgv: ['--require', path.join(__dirname, 'freezing-process.cjs')],
    env: { FREEZE: freeze, FREEZE_FIFO: fifo },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = once(child, 'message');
  child.send('still there?');
  return (await answered)[0] as unknown;
}

describe('the watchdog', () => {
  it.each(['busy loop', 'native call'])(
    'P1: ends a process whose main thread is in a %s, with one line',
    async (how) => {
      const child = await start(how);
      const said = text(child.stdout!);
      const exited = once(child, 'exit');
      child.kill('SIGUSR2');
      expect(await exited).toEqual([null, 'SIGALRM']);
      expect((await said).split('\n')).toEqual([expect.any(String), '']);
      expect(JSON.parse(await said)).toEqual({
        level: 'fatal',
        version: '1.2.3',
        msg: 'the main thread stands still: the process ends',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        standstillMs: FROZEN_AFTER_MS,
      });
    },
  );

  it('ends a process that is frozen because nobody reads its log', async () => {
    const child = await start('log that nobody reads');
    const exited = once(child, 'exit');
    child.kill('SIGUSR2');
    expect(await exited).toEqual([null, 'SIGALRM']);
  });

  it('leaves alone a process that was suspended as a whole: both threads stood still', async () => {
    const child = await start('busy loop');
    child.kill('SIGSTOP');
    await pause(2 * FROZEN_AFTER_MS);
    child.kill('SIGCONT');
    expect(await answerOf(child)).toBe('still there?');
    await pause(FROZEN_AFTER_MS);
    expect(await answerOf(child)).toBe('still there?');
  });
});
