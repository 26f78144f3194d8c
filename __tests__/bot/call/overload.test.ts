import { Overload } from '../../../bot/call/overload';
import { BeatLateness } from '../../../bot/time/beat-lateness';
import { FakeClock } from '../../support/fake-clock';

const LIMIT_MS = 40;

function beatsOf(latenessMs: number, of = 500) {
  const clock = new FakeClock();
  const lateness = new BeatLateness(10_000, 2_000);
  for (let beat = 0; beat < of; beat += 1) {
    clock.advance(20);
    lateness.note(clock.nowMs(), beat % 50 === 0 ? latenessMs : 1);
  }
  return { clock, lateness };
}

test('one call more is too many when two beats in a hundred were late, until ten seconds have passed', () => {
  const { clock, lateness } = beatsOf(41);
  const overload = new Overload({ clock, lateness, limitMs: LIMIT_MS });
  expect(overload.reason(8)).toContain('over 41 ms late in the last 10 s, and 40 ms (BUSY_AT_LATENESS_MS)');
  clock.advance(10_000);
  expect(overload.reason(8)).toBeUndefined();
});

test('few calls are never too many, nor is a beat in time, nor anything where nothing is to be', () => {
  const late = beatsOf(400);
  expect(new Overload({ ...late, limitMs: LIMIT_MS }).reason(7)).toBeUndefined();
  expect(new Overload({ ...late, limitMs: 0 }).reason(30)).toBeUndefined();
  expect(new Overload({ ...beatsOf(40), limitMs: LIMIT_MS }).reason(30)).toBeUndefined();
});
