import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CallRecord, parseCallRecord } from '../../../contract/call-record';
import { Caller } from '../../../smoke/caller';
import { type FakeBedrock, startFakeBedrock } from '../../../testbed/fakes/bedrock';
import { type BotProcess, buildBot, metric, startBot } from '../../../testbed/processes';
import { eventually } from '../../support/eventually';
import { releaseWebRtc } from '../../support/release-webrtc';

const AGENT = { prompt: 'You are brief.', greeting: 'Hello there.', records: { level: 'transcript', consent: 'none' } };

const folder = mkdtempSync(path.join(tmpdir(), 'killed-'));
const kept = path.join(folder, 'kept');
let sandbox: FakeBedrock;
let bot: BotProcess | undefined;

beforeAll(async () => {
  await buildBot();
  sandbox = await startFakeBedrock({ voice: 'tone' });
  mkdirSync(path.join(folder, 'agents'));
  writeFileSync(path.join(folder, 'agents', 'kept.cjs'), `exports.default = ${JSON.stringify(AGENT)};\n`);
});
afterEach(async () => {
  await bot?.stop();
});
afterAll(async () => {
  releaseWebRtc();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** A bot that writes the record of a call every second, and a call to it. */
async function inCall() {
  const started = await startBot(sandbox.url, 2, {
    AGENT: 'kept',
    AGENTS_FOLDER: path.join(folder, 'agents'),
    CALL_RECORDS: kept,
    CALL_RECORDS_FLUSH_SECONDS: '1',
  });
  bot = started;
  const caller = await Caller.connect({ baseUrl: started.url });
  await caller.waitForMessage('bot-stopped-speaking', 30_000);
  return { bot: started, caller };
}

const files = (): string[] =>
  existsSync(kept) ? readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.')) : [];
const records = (): CallRecord[] =>
  files()
    .filter((name) => name.endsWith('.json'))
    .map((name) => parseCallRecord(readFileSync(path.join(kept, name), 'utf8')));

it('a bot that is killed in the middle of a call leaves its record, as of the last flush', async () => {
  const { bot: killed, caller } = await inCall();
  caller.sendText('Say exactly: "The answer is seven."');
  await eventually(() => records().some(({ turns }) => turns.length >= 3), 'what was said in the record');
  const [before] = records();
  killed.signal('SIGKILL');
  await killed.exited;
  caller.hangUp();
  expect(files().filter((name) => !name.endsWith('.json'))).toEqual([]);
  const [record, ...others] = records();
  expect(others).toEqual([]);
  expect(record).toMatchObject({ ended: false, agent: 'kept', level: 'transcript' });
  expect(record?.sequence).toBeGreaterThanOrEqual(before?.sequence ?? Infinity);
  expect(record?.turns.map(({ by, text }) => [by, text])).toEqual([
    ['bot', 'Hello there.'],
    ['caller', 'Say exactly: "The answer is seven."'],
    ['bot', 'The answer is seven.'],
  ]);
}, 60_000);

it('a disk that is full costs records and no call, and they are written once there is room', async () => {
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', kept], { stdio: 'ignore' });
  } catch {
    process.stderr.write('skipped, because no file system can be mounted here: a disk that is full\n');
    return;
  }
  try {
    const ballast = path.join(kept, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(128 * 1024))).toThrow('ENOSPC');
    const { bot: full, caller } = await inCall();
    await full.waitForLog('call record not written');
    caller.sendText('Say exactly: "The answer is seven."');
    await caller.waitForMessage('bot-stopped-speaking', 30_000, caller.messages.length);
    expect(records()).toEqual([]);
    rmSync(ballast);
    caller.hangUp();
    await eventually(() => records().some(({ ended }) => ended), 'the record, whole');
    expect(await metric(full.url, 'call_records_dropped_total')).toBe(0);
    expect(full.log.filter(({ msg }) => msg === 'call record not written')).toHaveLength(1);
  } finally {
    await bot?.stop();
    execFileSync('umount', [kept]);
  }
}, 60_000);
