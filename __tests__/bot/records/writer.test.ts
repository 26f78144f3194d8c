import { RecordWriter } from '../../../bot/records/writer';
import { Spool } from '../../../bot/records/spool';
import { FakeClock, settle } from '../../support/fake-clock';
import { MemoryPlace } from '../../support/memory-place';
import { createLogger } from '../../../bot/telemetry/logger';
import { createTelemetry } from '../../../bot/telemetry/telemetry';

function writer(maxBytes = 1_000) {
  const clock = new FakeClock();
  const place = new MemoryPlace();
  const log: { readonly msg: string; readonly level: string }[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as (typeof log)[number]) };
  const telemetry = createTelemetry({ logger: createLogger({ level: 'info', version: 'test', destination }) });
  const records = new RecordWriter({ sink: place, maxBytes, clock, telemetry, random: () => 1 });
  const write = (key: string, text = 'x', isBulk = false): boolean =>
    records.write({ key, bytes: Buffer.from(text), isBulk });
  const count = async (name: string): Promise<number> => {
    const line = (await telemetry.prometheus.render()).match(new RegExp(`^voice_agent_${name}\\S* (\\d+)`, 'm'));
    return Number(line?.[1] ?? 0);
  };
  return { clock, place, log, records, write, count };
}

describe('the writer of call records', () => {
  it('takes what it is given to its place, a few at once', async () => {
    const { write, place, records } = writer();
    for (let n = 0; n < 10; n += 1) write(`records/${n}`);
    await settle();
    expect(place.objects.size).toBe(10);
    expect(place.mostAtOnce).toBe(4);
    expect(records.waitingBytes).toBe(0);
  });

  it('takes only the newest of what waits under one key, and never two of them at once', async () => {
    const { write, place } = writer();
    place.isHanging = true;
    for (const text of ['one', 'two', 'three']) write('records/a', text);
    await settle();
    expect(place.atOnce).toBe(1);
    place.release();
    await settle();
    expect(place.asked).toEqual(['records/a', 'records/a']);
    expect(place.objects.get('records/a')?.toString()).toBe('three');
  });

  it('tries again after ever longer pauses while the place refuses, one at a time, and says so once', async () => {
    const { write, place, clock, log, records, count } = writer();
    place.refuses = new Error('SlowDown');
    for (let n = 0; n < 8; n += 1) write(`records/${n}`);
    await clock.advanceAsync(300_000, 500);
    // The first four went out together; then 1, 2, 4, … 30 s apart.
    expect(place.asked.length).toBeLessThan(24);
    expect(log.filter(({ msg }) => msg === 'call record not written')).toHaveLength(1);
    place.refuses = undefined;
    await clock.advanceAsync(30_000, 500);
    expect(place.objects.size).toBe(8);
    expect(records.waitingBytes).toBe(0);
    expect(log.map(({ msg }) => msg)).toContain('call records are written again');
    expect(await count('call_records_dropped_total')).toBe(0);
    expect(await count('call_record_failures_total')).toBeGreaterThan(4);
  });

  it('gives up on an answer that does not come within 20 s, and tries again', async () => {
    const { write, place, clock } = writer();
    place.isHanging = true;
    write('records/a');
    await clock.advanceAsync(19_900, 100);
    expect(place.asked).toHaveLength(1);
    place.isHanging = false;
    await clock.advanceAsync(1_200, 100);
    expect(place.asked).toHaveLength(2);
    expect(place.objects.size).toBe(1);
  });

  it('goes on with the others where one thing is refused for ever', async () => {
    const { write, place, clock } = writer();
    const put = place.put.bind(place);
    place.put = (item, signal) => (item.key === 'bad' ? Promise.reject(new Error('no')) : put(item, signal));
    write('bad');
    for (let n = 0; n < 6; n += 1) write(`records/${n}`);
    await clock.advanceAsync(60_000, 500);
    expect(place.objects.size).toBe(6);
  });

  it('drops what finds no room, and counts it; the last quarter is for what tells how calls went', async () => {
    const { write, place, log, count } = writer(100);
    place.isHanging = true;
    expect(write('part-1', 'x'.repeat(70), true)).toBe(true);
    expect(write('part-2', 'x'.repeat(20), true)).toBe(false);
    expect(write('records/a', 'x'.repeat(20))).toBe(true);
    expect(write('records/b', 'x'.repeat(20))).toBe(false);
    expect(await count('call_records_dropped_total{kind="recording"}')).toBe(1);
    expect(await count('call_records_dropped_total{kind="record"}')).toBe(1);
    expect(log.filter(({ msg }) => msg === 'call record dropped')).toHaveLength(2);
  });

  it('sends what waits before it ends, without waiting out its pause', async () => {
    const { write, place, records } = writer();
    place.refuses = new Error('away');
    write('records/a');
    await settle();
    place.refuses = undefined;
    await records.close(1_000);
    expect(place.objects.size).toBe(1);
    expect(place.isClosed).toBe(true);
  });

  it('ends in bounded time all the same, and counts what is lost then', async () => {
    const { write, place, records, clock, count } = writer();
    place.isHanging = true;
    for (let n = 0; n < 6; n += 1) write(`records/${n}`);
    const closed = records.close(1_000);
    expect(records.close(1_000)).toBe(closed);
    await clock.advanceAsync(1_000, 100);
    await closed;
    expect(await count('call_records_dropped_total')).toBe(6);
    expect(write('records/late')).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the spool', () => {
  it('forgets nothing of what it counts', () => {
    const spool = new Spool(100);
    const item = (key: string, bytes: number) => ({ key, bytes: new Uint8Array(bytes), isBulk: false });
    spool.put(item('a', 10));
    const taken = spool.take();
    if (taken === undefined) throw new Error('nothing waits');
    spool.put(item('a', 30));
    expect([spool.bytes, spool.take()]).toEqual([40, undefined]);
    spool.putBack(taken);
    expect(spool.bytes).toBe(30);
    const newer = spool.take();
    if (newer !== undefined) spool.done(newer);
    expect([spool.bytes, spool.isEmpty, newer?.bytes.length]).toEqual([0, true, 30]);
  });
});
