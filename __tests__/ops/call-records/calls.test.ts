import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordingKey, recordingPartKey, recordKey } from '../../../contract/call-record';
import { A_CALL_RECORD } from '../../support/call-record';
import { about, type JsonReport, ops } from '../support/cli';
import { Project } from '../support/project';
import { CALLS, SPOKEN } from './support/calls';

let project: Project;
let records: string;
beforeEach(() => {
  project = new Project();
  records = mkdtempSync(path.join(tmpdir(), 'call-records-'));
  for (const record of CALLS) project.write(relative(recordKey(record)), `${JSON.stringify(record)}\n`);
  project.write(relative(recordingKey(SPOKEN)), 'OggS');
});
afterEach(() => {
  project.remove();
  rmSync(records, { recursive: true });
});

const relative = (key: string): string => path.relative(project.folder, path.join(records, key));
const run = (command: string) => ops(`${command} --from ${records}`, { folder: project.folder });
const listed = async (options: string): Promise<string[]> =>
  findings((await run(`calls list --json ${options}`.trim())).json).map(({ subject }) => subject);
const findings = ({ findings: all }: JsonReport) => all;
const ids = CALLS.map(({ callId }) => callId);

describe('calls list', () => {
  it('tells the calls, the latest first, with how each went', async () => {
    expect(await listed('')).toEqual([ids[2], ids[1], ids[0]]);
    const page = await run('calls list');
    expect(page.code).toBe(0);
    expect(page.stdout).toContain(
      'clinic · twilio · 42 s · agent-ended · 4 turns · transcript · phone-AbCd-1234_efghij',
    );
  });

  it.each([
    ['--since 2026-11-28', [2]],
    ['--since 2026-11-27T09:30:00Z --until 2026-11-27T09:30:01Z', [0]],
    ['--until 2026-11-28', [1, 0]],
    ['--agent bills', [1]],
    ['--outcome model-failed', [1]],
    ['--outcome open', [2]],
    ['--caller phone-AbCd-1234_efghij', [2, 0]],
    ['--caller nobody', []],
    ['--limit 1', [2]],
  ])('%s: those that are meant, and no others', async (options, expected) => {
    expect(await listed(options)).toEqual(expected.map((index) => ids[index]));
  });

  it('says which records it could not read, and why, without what is in them', async () => {
    project.write(relative('records/date=2026-11-29/agent=clinic/broken.json'), '{"callId":"secret words"}');
    const ran = await run('calls list --json');
    expect(about(ran, 'records/date=2026-11-29/agent=clinic/broken.json')).toMatchObject([{ status: 'warning' }]);
    expect(ran.stdout).not.toContain('secret words');
  });

  it.each([
    ['calls list --since yesterday', 'must be a day or a time'],
    ['calls list --until 2026-13-40', 'must be a day or a time'],
    ['calls delete', 'Either --call or --caller'],
    ['calls export xml', 'must be one of jsonl, csv'],
  ])('%s is told what it may be', async (command, answer) => {
    const ran = await run(command);
    expect([ran.code, ran.stderr + ran.stdout]).toEqual([2, expect.stringContaining(answer)]);
  });

  it('a place that is not there, and one that is none, are named', async () => {
    expect((await ops('calls list --from nowhere', { folder: project.folder })).stderr).toContain('there is no folder');
    expect((await ops('calls list --from ftp://x', { folder: project.folder })).code).toBe(2);
  });
});

describe('calls show', () => {
  it('tells what was said, what was not heard, tools and times; with --json the record itself', async () => {
    const { stdout, code } = await run(`calls show ${ids[0]!}`);
    expect(code).toBe(0);
    for (const text of ['I need an appointment on Monday.', 'On Monday I can offer – cut off', 'find_slot', '1140 ms'])
      expect(stdout).toContain(text);
    expect((await run(`calls show ${ids[0]!} --json`)).json['record']).toEqual(A_CALL_RECORD);
  });

  it('says so where there is no such call', async () => {
    const ran = await run('calls show nobody');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('there is no record of a call nobody')]);
  });
});

describe('calls report', () => {
  it('writes a page that asks nobody for anything, and that only its owner reads', async () => {
    const ran = await run(`calls report ${ids[0]!} --json`);
    const file = project.path(`call-${ids[0]!}.html`);
    expect(ran.json).toMatchObject({ file, hasSound: false });
    expect(statSync(file).mode & 0o077).toBe(0);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).toContain('Sorry, I meant Tuesday.');
    expect(page.match(/class="block bot"/g)).toHaveLength(2);
    expect(page).toContain('find_slot in 1.14 s');
    expect(page).toContain('interrupts');
    expect(page).toContain(
      '2820 ms (until it was clear that the caller had finished 640 ms, model 2120 ms, playout 60 ms)',
    );
  });

  it('has the recording in it, whole or in parts, and what was said cannot become markup', async () => {
    const page = async () =>
      readFileSync((await run(`calls report ${SPOKEN.callId} --json`)).json['file'] as string, 'utf8');
    expect(await page()).toContain(`data:audio/ogg;base64,${Buffer.from('OggS').toString('base64')}`);
    expect(await page()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const [part, text] of ['Og', 'gS'].entries())
      project.write(relative(recordingPartKey(SPOKEN, part + 1)), text);
    const folder = recordingPartKey(SPOKEN, 1).replace(/[^/]+$/, '');
    const recording = { ...SPOKEN.recording!, key: folder, isWhole: false };
    project.write(relative(recordKey(SPOKEN)), JSON.stringify({ ...SPOKEN, recording }));
    expect(await page()).toContain(`data:audio/ogg;base64,${Buffer.from('OggS').toString('base64')}`);
    rmSync(path.join(records, folder), { recursive: true });
    expect(await page()).not.toContain('<audio');
  });
});

describe('calls export', () => {
  it('writes whole records, one a line', async () => {
    const { json } = await run('calls export jsonl --json --agent clinic');
    const lines = readFileSync(json['file'] as string, 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { callId: string }).callId)).toEqual([ids[2], ids[0]]);
  });

  it('writes a table that has no word of anybody, and no formula', async () => {
    const { json } = await run('calls export csv --json --out table.csv');
    const text = readFileSync(project.path('table.csv'), 'utf8');
    expect(json['file']).toBe(project.path('table.csv'));
    const [head, ...rows] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^call_id,started_at,duration_ms,outcome,agent/);
    expect(rows).toHaveLength(3);
    expect(text).not.toMatch(/Monday|Tuesday|alert/);
    expect(text).toContain(`"'=cmd(""x"")"`);
  });
});

describe('calls delete', () => {
  const left = (): string[] =>
    readdirSync(records, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map(({ name }) => name);

  it('deletes all that is kept of a call, and shows that it is gone', async () => {
    const ran = await run(`calls delete --call ${SPOKEN.callId} --confirm yes --json`);
    expect(ran.code).toBe(0);
    expect(about(ran, recordKey(SPOKEN))).toMatchObject([{ status: 'changed', text: 'is deleted' }]);
    expect(about(ran, recordingKey(SPOKEN))).toMatchObject([{ status: 'changed' }]);
    expect(ran.json).toMatchObject({ calls: [SPOKEN.callId], versionsRemoved: 2, left: [] });
    expect(left()).toHaveLength(2);
    expect((await run(`calls delete --call ${SPOKEN.callId} --confirm yes`)).code).toBe(1);
  });

  it('deletes all calls of a caller, and nothing of others', async () => {
    const ran = await run('calls delete --caller phone-AbCd-1234_efghij --confirm yes --json');
    expect(ran.json).toMatchObject({ calls: [ids[2], ids[0]], left: [] });
    expect(await listed('')).toEqual([ids[1]]);
  });

  it('deletes nothing unless somebody says yes, nor for --dry-run', async () => {
    expect((await run(`calls delete --call ${ids[0]!}`)).stderr).toContain('nothing was deleted');
    const dry = await run('calls delete --caller phone-AbCd-1234_efghij --dry-run --json');
    expect(findings(dry.json).filter(({ status }) => status === 'planned')).toHaveLength(3);
    expect(left()).toHaveLength(4);
  });

  it('deletes nothing of a caller while a record cannot be read, which may be theirs', async () => {
    project.write(relative('records/date=2026-11-29/agent=clinic/broken.json'), '{');
    const ran = await run('calls delete --caller phone-AbCd-1234_efghij --confirm yes');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('broken.json')]);
    expect(left()).toHaveLength(5);
  });

  it('says what could not be deleted, and fails', async () => {
    if (process.getuid?.() === 0) return;
    const folder = path.dirname(path.join(records, recordKey(CALLS[1]!)));
    chmodSync(folder, 0o500);
    const ran = await run(`calls delete --call ${ids[1]!} --confirm yes --json`);
    chmodSync(folder, 0o700);
    expect(ran.code).toBe(1);
    expect(about(ran, recordKey(CALLS[1]!))).toMatchObject([{ status: 'failed', text: 'is still there: EACCES' }]);
  });
});
