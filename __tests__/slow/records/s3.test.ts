import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CallRecords } from '../../../bot/records/call-records';
import { systemClock } from '../../../bot/time';
import { recordsRule } from '../../../contract/call-record';
import { FakeObjectStore } from '../../../testbed/fakes/aws';
import { FAKE_CREDENTIALS } from '../../../testbed/fakes/bedrock';
import { keptRecords } from '../../bot/records/support/kept-call';
import { eventually } from '../../support/eventually';
import { NOTHING_HAPPENED } from '../../support/call-figures';

const folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
let store: FakeObjectStore;
let opened: CallRecords | undefined;

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = FAKE_CREDENTIALS.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = FAKE_CREDENTIALS.secretAccessKey;
});
beforeEach(async () => {
  store = await FakeObjectStore.start('a-bucket');
});
afterEach(async () => {
  await opened?.close(1_000);
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The bot's own writer, over the AWS SDK. */
async function open(spoolFolder?: string) {
  const { options, log, metrics } = keptRecords(systemClock);
  opened = await CallRecords.open({
    ...options,
    place: { kind: 's3', bucket: 'a-bucket', prefix: 'voice/' },
    s3EndpointUrl: store.url,
    spoolFolder,
  });
  return { records: opened, log, metrics, telemetry: options.telemetry };
}

/** A call that begins and ends at once. */
function call({ records, telemetry }: Awaited<ReturnType<typeof open>>, callId: string): void {
  const figures = { ...NOTHING_HAPPENED, durationMs: 1 };
  const agent = { name: 'clinic', language: 'en-US', records: recordsRule() };
  const about = { callId, agent, transport: 'webrtc', caller: undefined, startedAt: '2026-11-27T09:30:00.000Z' };
  const recorder = records.call({ ...about, figures: () => figures });
  recorder?.listening(telemetry.forCall(callId, 'webrtc')).record('callEnded', { reason: 'operator', ...figures });
}

const key = (callId: string): string => `a-bucket/voice/records/date=2026-11-27/agent=clinic/${callId}.json`;
const isThere = (callId: string) => () => store.objects.has(key(callId));

it('a record is an object below the prefix', async () => {
  call(await open(), 'one');
  await eventually(isThere('one'), 'the object');
  expect(JSON.parse(store.objects.get(key('one'))?.toString() ?? '')).toMatchObject({ callId: 'one', ended: true });
});

it.each(['slow-down', 'denied', 'hangs'] as const)('records are there once S3 is itself again: %s', async (mood) => {
  const bot = await open();
  store.mood = mood;
  for (let n = 0; n < 10; n += 1) call(bot, `call-${n}`);
  await eventually(() => store.requests >= 4, 'attempts');
  expect(store.objects.size).toBe(0);
  store.mood = 'takes';
  // What hangs would be given up after 20 s.
  if (mood === 'hangs') store.dropConnections();
  await eventually(() => store.objects.size === 10, 'all of them');
  expect(await bot.metrics()).not.toContain('call_records_dropped_total{');
});

it('what a process that was killed has left on disk is sent by the next one', async () => {
  store.mood = 'slow-down';
  const killed = await open(folder);
  call(killed, 'left');
  await eventually(
    () => readdirSync(folder).flatMap((name) => readdirSync(path.join(folder, name))).length > 0,
    'a file',
  );
  await killed.records.close(0);
  expect(store.objects.size).toBe(0);
  store.mood = 'takes';
  await open(folder);
  await eventually(isThere('left'), 'the record');
  await opened?.close(5_000);
  expect(readdirSync(folder)).toEqual([]);
});
