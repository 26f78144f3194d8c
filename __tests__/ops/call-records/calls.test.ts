import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eachRecord } from '../../../ops/call-records/find';
import { writePrivately } from '../../../ops/call-records/private-file';
import { recordingKey, recordingPartKey, recordKey } from '../../../contract/call-record';
import { A_CALL_RECORD } from '../../support/call-record';
import { about, type JsonReport, ops } from '../support/cli';
import { Project } from '../support/project';
import { CALLS, SPOKEN } from './support/calls';

let project: Project;
let around: string;
let records: string;
beforeEach(() => {
  project = new Project();
  around = mkdtempSync(path.join(tmpdir(), 'call-records-'));
  records = path.join(around, 'records');
  mkdirSync(records);
  for (const record of CALLS) project.write(relative(recordKey(record)), `${JSON.stringify(record)}\n`);
  project.write(relative(recordingKey(SPOKEN)), 'OggS');
});
afterEach(() => {
  project.remove();
  rmSync(around, { recursive: true });
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

  it('a record that is not where one of its call lies is not read', async () => {
    const key = 'records/date=2026-11-27/agent=clinic/x.json';
    project.write(relative(key), JSON.stringify({ ...A_CALL_RECORD, callId: '../../../elsewhere' }));
    const ran = await run('calls list --json');
    expect(about(ran, key)).toMatchObject([
      { status: 'warning', text: 'it is the record of another call, day or agent' },
    ]);
    expect((await run('calls report x')).code).toBe(1);
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
    ['calls list --since 2026-02-30', 'must be a day or a time'],
    ['calls list --until 2026-11-31T10:00Z', 'must be a day or a time'],
    ['calls list --since 2026-11-28 --until 2026-11-28', '--since must be before --until'],
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

  it('is for its owner alone, whoever could read the file in its place', async () => {
    const file = project.path('page.html');
    writeFileSync(file, 'old', { mode: 0o644 });
    await run(`calls report ${ids[0]!} --out page.html`);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(project.folder)).not.toContain('page.html.part');
  });

  it('has the recording of its call, and not what a record names besides', async () => {
    writeFileSync(path.join(path.dirname(records), 'other.txt'), 'of somebody else');
    const recording = { ...SPOKEN.recording!, key: '../other.txt' };
    project.write(relative(recordKey(SPOKEN)), JSON.stringify({ ...SPOKEN, recording }));
    const page = readFileSync((await run(`calls report ${SPOKEN.callId} --json`)).json['file'] as string, 'utf8');
    expect(page).toContain(`data:audio/ogg;base64,${Buffer.from('OggS').toString('base64')}"`);
  });

  it('runs its own script and no other, should there ever be one', async () => {
    const page = readFileSync((await run(`calls report ${ids[0]!} --json`)).json['file'] as string, 'utf8');
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    expect(policy).not.toContain('unsafe');
    for (const element of ['script', 'style']) {
      const [, text = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page) ?? [];
      expect(policy).toContain(`${element}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    }
    expect(page).not.toMatch(/ (style|on\w+)="/);
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

  it('has a few records in memory at a time, however many there are', async () => {
    const keys = Array.from({ length: 100 }, (_, n) => recordKey({ ...A_CALL_RECORD, callId: `call-${n}` }));
    let asked = 0;
    const read = (key: string): Promise<Buffer> => {
      asked += 1;
      return Promise.resolve(Buffer.from(JSON.stringify({ ...A_CALL_RECORD, callId: path.basename(key, '.json') })));
    };
    const store = { name: 'many', keys: () => Promise.resolve(keys), read, remove: () => Promise.reject(new Error()) };
    let seen = 0;
    for await (const { record } of eachRecord(store, {})) {
      expect(record?.callId).toMatch(/^call-\d+$/);
      seen += 1;
      expect(asked - seen).toBeLessThan(16);
    }
    expect(seen).toBe(100);
  });

  it('leaves the file of before where it could not write a whole one', async () => {
    const file = project.path('calls.jsonl');
    writeFileSync(file, 'of before');
    async function* broken(): AsyncGenerator<string> {
      yield 'half';
      throw await Promise.resolve(new Error('the bucket is gone'));
    }
    await expect(writePrivately(file, broken())).rejects.toThrow('the bucket is gone');
    expect([readFileSync(file, 'utf8'), readdirSync(project.folder).filter((name) => name.endsWith('.part'))]).toEqual([
      'of before',
      [],
    ]);
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

  it('leaves the folder that it was told of, however that is written, and what is around it', async () => {
    project.write(relative('records/date=2026-11-28/agent=clinic/half.json.part'), '{"turns":[{"text":"half');
    for (const id of [...ids, 'half'])
      await ops(`calls delete --call ${id} --confirm yes --from ${records}/../${path.basename(records)}/`, {
        folder: project.folder,
      });
    expect(readdirSync(records)).toEqual([]);
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
