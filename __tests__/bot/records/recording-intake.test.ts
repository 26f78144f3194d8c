import { RecordingIntake } from '../../../bot/records/recording-intake';
import type { Item } from '../../../bot/records/spool';

const call = { callId: 'one', agent: 'clinic', startedAt: '2026-11-27T09:30:00.000Z' };
const WHOLE = 'recordings/date=2026-11-27/agent=clinic/one.ogg';
const PARTS = 'recording-parts/date=2026-11-27/agent=clinic/one/';

interface Around {
  readonly grows?: boolean;
  readonly allowed?: number;
  /** Whether there is room for it. */
  readonly takes?: (item: Item) => boolean;
}

function intake({ grows = false, allowed = 100, takes = () => true }: Around = {}) {
  const written: Item[] = [];
  const allowance = { bytes: allowed };
  const write = (item: Item): boolean => takes(item) && written.push(item) > 0;
  const recording = new RecordingIntake({ call, writer: { write }, grows, allowance });
  const part = (text: string): boolean => recording.part(Buffer.from(text));
  const asText = () => written.map(({ key, at, bytes }) => [key, at, Buffer.from(bytes).toString()]);
  return { recording, part, asText, allowance };
}

describe('a recording on its way', () => {
  it('is a file that grows, where there are files', () => {
    const { recording, part, asText } = intake({ grows: true });
    expect(recording.state).toBeUndefined();
    part('abc');
    part('de');
    recording.end({ startMs: 310.4, durationMs: 60_000.2 });
    expect(asText()).toEqual([
      [WHOLE, 0, 'abc'],
      [WHOLE, 3, 'de'],
    ]);
    expect(recording.state).toEqual({ key: WHOLE, parts: 2, isWhole: true, startMs: 310, durationMs: 60_000 });
  });

  it('is parts until its end, and one object then, where there are objects', () => {
    const { recording, part, asText, allowance } = intake();
    part('abc');
    part('de');
    expect(recording.state).toEqual({ key: PARTS, parts: 2, isWhole: false });
    recording.end({ startMs: 0, durationMs: 1 });
    recording.end({ startMs: 5, durationMs: 5 });
    expect(part('late')).toBe(false);
    expect(asText()).toEqual([
      [`${PARTS}000001.part`, undefined, 'abc'],
      [`${PARTS}000002.part`, undefined, 'de'],
      [WHOLE, undefined, 'abcde'],
    ]);
    expect(recording.state).toMatchObject({ key: WHOLE, isWhole: true, startMs: 0 });
    expect(allowance.bytes).toBe(100);
  });

  it('stays in its parts where all recordings together are too much to hold', () => {
    const { recording, part, asText, allowance } = intake({ allowed: 4 });
    part('abc');
    part('de');
    part('f');
    recording.end({ startMs: 0, durationMs: 1 });
    expect(asText()).toHaveLength(3);
    expect(recording.state).toMatchObject({ key: PARTS, parts: 3, isWhole: false });
    expect(allowance.bytes).toBe(4);
  });

  it('goes on behind a part that found no room', () => {
    const { recording, part, asText } = intake({ grows: true, takes: ({ bytes }) => bytes.length < 3 });
    expect([part('ab'), part('cde'), part('f')]).toEqual([true, false, true]);
    expect(recording.dropped).toBe(1);
    expect(asText()).toEqual([
      [WHOLE, 0, 'ab'],
      [WHOLE, 2, 'f'],
    ]);
  });
});
