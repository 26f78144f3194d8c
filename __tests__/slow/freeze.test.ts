import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FakeBedrock, startFakeBedrock } from '../../testbed/fakes/bedrock';
import { buildBot, startBot } from '../../testbed/processes';

const FREEZING = path.join(__dirname, '../bot/watchdog/freezing-process.cjs');

let sandbox: FakeBedrock;
let folder: string;

beforeAll(async () => {
  await buildBot();
  sandbox = await startFakeBedrock();
  folder = mkdtempSync(path.join(tmpdir(), 'freeze-'));
  execFileSync('mkfifo', [path.join(folder, 'fifo')]);
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

it('P1: a bot whose main thread is frozen ends by itself and says why, deaf to SIGTERM as it is', async () => {
  const fifo = path.join(folder, 'fifo');
  const bot = await startBot(sandbox.url, 1, {
    NODE_OPTIONS: `--require ${FREEZING}`,
    FREEZE: 'native call',
    FREEZE_FIFO: fifo,
  });
  const ended = bot.waitForLine('of the watchdog', (line) => line['level'] === 'fatal', 60_000);
  bot.signal('SIGUSR2');
  // Opens once somebody reads, who then waits for what is never written: signals that come together may be taken in any order.
  const writer = await open(fifo, 'w');
  bot.signal('SIGTERM');
  expect(await ended).toMatchObject({ msg: 'the main thread stands still: the process ends', standstillMs: 10_000 });
  expect(await bot.exited).toBeNull();
  await writer.close();
}, 90_000);
