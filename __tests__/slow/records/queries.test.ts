import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CallRecords } from '../../../bot/records/call-records';
import { recordsRule } from '../../../contract/call-record';
import { recordColumns } from '../../../stacks/constructs/record-columns';
import { RECORD_QUERIES } from '../../../stacks/constructs/saved-record-queries';
import { RECORDS_TABLE } from '../../../stacks/names';
import { keptRecords } from '../../bot/records/support/kept-call';
import { NOTHING_HAPPENED } from '../../support/call-figures';
import { FakeClock } from '../../support/fake-clock';

/* The queries that are saved for Athena, run over records that the bot wrote, and held against what is reckoned by hand. */

const PYTHON = 'python3';
const hasEngine = spawnSync(PYTHON, ['-c', 'import duckdb, sqlglot'], { stdio: 'ignore' }).status === 0;
if (!hasEngine) {
  process.stderr.write(
    'skipped, because duckdb and sqlglot are not installed (pip install duckdb==2.0.1 sqlglot==30.30.0): saved queries\n',
  );
}

const DAY_MS = 86_400_000;
/** Half a minute before ten, so many days ago. */
const startedAt = (daysAgo: number): string =>
  `${new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10)}T09:59:30.000Z`;
const dayOf = (daysAgo: number): string => startedAt(daysAgo).slice(0, 10);

interface Happened {
  readonly daysAgo: number;
  readonly level?: 'metadata' | 'transcript';
  readonly agent?: string;
  /** What was heard of answers, and whether they were cut off there. */
  readonly heard?: readonly (readonly [text: string, isCut: boolean])[];
  readonly tools?: readonly (readonly [name: string, outcome: string, atMs: number])[];
  readonly waits?: readonly (readonly [startMs: number, endMs: number, isForTool: boolean])[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'queried-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Has the bot keep these calls, and asks every saved query about them. */
async function ask(calls: Readonly<Record<string, Happened>>): Promise<Record<string, unknown[]>> {
  for (const [callId, happened] of Object.entries(calls)) {
    const clock = new FakeClock();
    const { options } = keptRecords(clock);
    const records = await CallRecords.open({ ...options, place: { kind: 'folder', folder } });
    keep(records, clock, callId, happened, options.telemetry);
    await records.close(1_000);
  }
  const given = { folder, table: RECORDS_TABLE, columns: recordColumns(), queries: RECORD_QUERIES };
  const { status, stdout, stderr } = spawnSync(PYTHON, [path.join(__dirname, 'support', 'query_records.py')], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown[]>;
}

function keep(
  records: CallRecords,
  clock: FakeClock,
  callId: string,
  { daysAgo, level = 'transcript', agent = 'clinic', heard = [], tools = [], waits = [] }: Happened,
  telemetry: ReturnType<typeof keptRecords>['telemetry'],
): void {
  const recorder = records.call({
    callId,
    agent: { name: agent, language: 'en-GB', records: recordsRule({ level, consent: 'none', toolContent: true }) },
    transport: 'webrtc',
    caller: undefined,
    startedAt: startedAt(daysAgo),
    figures: () => ({ ...NOTHING_HAPPENED, durationMs: 1 }),
  });
  if (recorder === undefined) throw new Error('it is not kept');
  const call = recorder.listening(telemetry.forCall(callId, 'webrtc'));
  const startMs = clock.nowMs();
  const at = (ms: number): void => clock.advance(startMs + ms - clock.nowMs());
  for (const [text, isCut] of heard) {
    recorder.botSaid({ text, via: 'voice', startMs: clock.nowMs(), endMs: clock.nowMs() + 100, isCut });
    recorder.callerSaid('Wait.', 'voice');
  }
  for (const [from, to, isForTool] of waits) {
    at(to);
    recorder.waits(startMs + from, isForTool);
    recorder.waits(undefined, isForTool);
  }
  for (const [tool, outcome, atMs] of tools) {
    at(atMs + 500);
    // Keys that differ in case alone, as a service may answer.
    recorder.toolContent(() => ({ arguments: { Name: 'Ada', name: 'ada' }, result: [1] }));
    call.record('toolCall', { tool, outcome, durationMs: 500 });
  }
  call.record('callEnded', { reason: 'operator', ...NOTHING_HAPPENED, durationMs: 1 });
}

(hasEngine ? it : it.skip)('saved queries answer what a person reckons from the same calls', async () => {
  const answers = await ask({
    yesterday: {
      daysAgo: 1,
      heard: [
        ['We are open. On Monday I can offer you nine', true],
        ['On Tuesday, then.', false],
        ['On Monday I can offer', true],
      ],
      waits: [
        [0, 5_000, true],
        [5_000, 6_000, false],
      ],
      tools: [
        ['find_slot', 'tool_timed_out', 10_000],
        ['find_slot', 'tool_failed', 20_000],
        ['book', 'ok', 25_000],
        ['find_slot', 'ok', 31_000],
        ['find_slot', 'tool_failed', 32_000],
        ['find_slot', 'tool_failed', 33_000],
      ],
    },
    before: {
      daysAgo: 2,
      heard: [['On Monday I can offer you ten', true]],
      waits: [[1_000, 4_000, false]],
      tools: [['book', 'ok', 3_000]],
    },
    hindi: { daysAgo: 2, agent: 'hindi', heard: [['नमस्ते। सोमवार को मैं', true]] },
    wordless: { daysAgo: 1, level: 'metadata', heard: [['On Monday I can offer', true]] },
    'long-ago': {
      daysAgo: 9,
      heard: [['On Monday I can offer', true]],
      waits: [[0, 9_000, true]],
      tools: [['find_slot', 'tool_failed', 1_000]],
    },
  });
  expect(answers['longest waits']).toEqual([
    { day: dayOf(1), callid: 'yesterday', agent: 'clinic', waiting_for: 'tool', at_ms: 0, wait_ms: 5_000 },
    { day: dayOf(2), callid: 'before', agent: 'clinic', waiting_for: 'model', at_ms: 1_000, wait_ms: 3_000 },
  ]);
  expect(answers['most interrupted sentences']).toEqual([
    { agent: 'clinic', begins: 'On Monday I can offer', times_cut: 3, in_calls: 2 },
    { agent: 'hindi', begins: 'सोमवार को मैं', times_cut: 1, in_calls: 1 },
  ]);
  expect(answers['tool failures by hour']).toEqual([
    { hour: `${dayOf(1)}T10:00:00+00:00`, tool: 'find_slot', runs: 3, failures: 2, outcomes: 'tool_failed' },
    {
      hour: `${dayOf(1)}T09:00:00+00:00`,
      tool: 'find_slot',
      runs: 2,
      failures: 2,
      outcomes: expect.stringMatching(/^(tool_failed, tool_timed_out|tool_timed_out, tool_failed)$/) as string,
    },
  ]);
});
