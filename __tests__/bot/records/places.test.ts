import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CallRecords } from '../../../bot/records/call-records';
import { FolderSink } from '../../../bot/records/folder-sink';
import { SpoolMirror } from '../../../bot/records/spool-mirror';
import { createLogger } from '../../../bot/telemetry/logger';
import { systemClock } from '../../../bot/time';
import { keptRecords } from './support/kept-call';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(path.join(tmpdir(), 'call-records-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

const never = new AbortController().signal;
const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('a folder of call records', () => {
  it('has each whole, and for nobody but the bot', async () => {
    const place = path.join(folder(), 'kept');
    const sink = new FolderSink(place);
    const key = 'records/date=2026-11-27/agent=a/1.json';
    await sink.put({ key, bytes: Buffer.from('first'), isBulk: false }, never);
    await sink.put({ key, bytes: Buffer.from('second'), isBulk: false }, never);
    const file = path.join(place, key);
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect([mode(file), mode(path.dirname(file)), mode(place)]).toEqual(['600', '700', '700']);
    expect(readdirSync(path.dirname(file))).toEqual(['1.json']);
  });

  it('what a killed process left half written has the name of its call, and goes with the next write', async () => {
    const place = folder();
    const sink = new FolderSink(place);
    writeFileSync(path.join(place, '1.json.part'), '{"turns":[{"text":"half a sen');
    await sink.put({ key: '1.json', bytes: Buffer.from('whole'), isBulk: false }, never);
    expect(readdirSync(place)).toEqual(['1.json']);
    expect(readFileSync(path.join(place, '1.json'), 'utf8')).toBe('whole');
  });

  it('leaves nothing half written where it could not write', async () => {
    const place = folder();
    const sink = new FolderSink(place);
    const gone = AbortSignal.abort();
    await expect(sink.put({ key: 'a.json', bytes: Buffer.from('x'), isBulk: false }, gone)).rejects.toThrow();
    expect(readdirSync(place)).toEqual([]);
  });

  it('has a recording that grows by its parts, in whatever order and however often they come', async () => {
    const place = folder();
    const sink = new FolderSink(place);
    const part = (at: number, text: string) =>
      sink.put({ key: 'a.ogg', at, bytes: Buffer.from(text), isBulk: true }, never);
    await part(3, 'def');
    await part(0, 'abc');
    await part(3, 'def');
    expect(readFileSync(path.join(place, 'a.ogg'), 'utf8')).toBe('abcdef');
  });

  it.each([
    ['ENOSPC on every write', '/dev/full/records'],
    ['a file', undefined],
  ])('is refused at the start where it cannot be one: %s', async (_, given) => {
    const file = path.join(folder(), 'file');
    writeFileSync(file, '');
    const { telemetry, options } = keptRecords(systemClock);
    const opened = CallRecords.open({ ...options, telemetry, place: { kind: 'folder', folder: given ?? file } });
    await expect(opened).rejects.toThrow(/^CALL_RECORDS must be a folder that can be made \(E/);
  });
});

describe('what waits for S3 on disk', () => {
  const logger = createLogger({ level: 'silent', version: 'test' });
  const mirrorIn = (place: string, pid: number, isAlive = false) =>
    new SpoolMirror({ folder: place, clock: systemClock, logger, pid, isAlive: () => isAlive });
  const item = (key: string, text: string, isBulk = false) => ({ key, bytes: Buffer.from(text), isBulk });

  it('is found by the process after one that was killed, and by no other', async () => {
    const place = folder();
    const killed = mirrorIn(place, 1);
    killed.save(item('records/a=b/1.json', 'old'));
    killed.save(item('records/a=b/1.json', 'new'));
    killed.save(item('recording-parts/1/000001.part', 'sound', true));
    killed.save(item('records/2.json', 'sent'));
    killed.forget(item('records/2.json', 'sent'));
    await killed.close(1_000);
    expect(await mirrorIn(place, 2, true).left()).toEqual([]);
    const next = mirrorIn(place, 1);
    const left = await next.left();
    expect(left.map(({ key, bytes, isBulk }) => [key, Buffer.from(bytes).toString(), isBulk]).sort()).toEqual([
      ['recording-parts/1/000001.part', 'sound', true],
      ['records/a=b/1.json', 'new', false],
    ]);
    await next.forgetLeft();
    expect(await mirrorIn(place, 3).left()).toEqual([]);
  });

  it('is sent though a file beside it has a name that is no key', async () => {
    const place = folder();
    const killed = mirrorIn(place, 1);
    killed.save(item('records/1.json', 'x'));
    await killed.close(1_000);
    const [own = ''] = readdirSync(place);
    writeFileSync(path.join(place, own, '%E0%A4%A.item'), 'y');
    expect((await mirrorIn(place, 2).left()).map(({ key }) => key)).toEqual(['records/1.json']);
  });

  it('stays where its process died after the others were read', async () => {
    const place = folder();
    const next = mirrorIn(place, 2);
    expect(await next.left()).toEqual([]);
    const late = mirrorIn(place, 1);
    late.save(item('records/1.json', 'x'));
    await late.close(1_000);
    await next.forgetLeft();
    expect(await mirrorIn(place, 3).left()).toHaveLength(1);
  });

  it('leaves no folder where all was sent', async () => {
    const place = folder();
    const mirror = mirrorIn(place, 1);
    mirror.save(item('records/1.json', 'x'));
    mirror.forget(item('records/1.json', 'x'));
    await mirror.close(1_000);
    expect(readdirSync(place)).toEqual([]);
  });

  it('costs nothing but itself where the disk takes nothing', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const loud = createLogger({ level: 'info', version: 'test', destination });
    const mirror = new SpoolMirror({ folder: '/dev/full/spool', clock: systemClock, logger: loud });
    mirror.save(item('records/1.json', 'x'));
    mirror.save(item('records/2.json', 'x'));
    await mirror.close(1_000);
    expect(await mirror.left()).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('call records that wait are not on disk');
  });
});
