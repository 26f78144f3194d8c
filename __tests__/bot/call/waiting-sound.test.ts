import path from 'node:path';
import { loadWaitingSound } from '../../../bot/notices';
import { WaitingSound } from '../../../bot/call/waiting-sound';
import { softSound } from '../../../scripts/soft-sound';
import { readWav } from '../../../testbed/speech';
import { FakeClock } from '../../support/fake-clock';

function setUp() {
  const clock = new FakeClock();
  const beganMs = clock.nowMs();
  const seen: string[] = [];
  const note = (what: string) => () => seen.push(`${what} at ${clock.nowMs() - beganMs}`);
  return { clock, beganMs, seen, waiting: new WaitingSound({ clock, start: note('on'), stop: note('off') }) };
}

describe('a caller who waits for a tool', () => {
  it('hears something once nobody has been heard for 1.5 s, until there is something else', () => {
    const { clock, beganMs, seen, waiting } = setUp();
    clock.advance(600);
    waiting.update(beganMs + 100);
    clock.advance(3_000);
    waiting.update(beganMs + 100);
    waiting.update(undefined);
    clock.advance(1_000);
    expect(seen).toEqual(['on at 1600', 'off at 3600']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('hears nothing when the tool, the bot or the caller is sooner', () => {
    const { clock, seen, waiting } = setUp();
    waiting.update(clock.nowMs());
    clock.advance(1_400);
    waiting.update(undefined);
    clock.advance(5_000);
    expect(seen).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is given 1.5 s anew after each word', () => {
    const { clock, beganMs, seen, waiting } = setUp();
    waiting.update(beganMs);
    clock.advance(1_000);
    waiting.update(beganMs + 900);
    clock.advance(2_000);
    expect(seen).toEqual(['on at 2400']);
    waiting.stop();
    waiting.stop();
    expect(seen).toHaveLength(2);
  });
});

describe('the recorded sound', () => {
  const file = path.join(__dirname, '../../../bot/notices/spoken/waiting.wav');

  it('is what npm run notices makes, in 50 kB', () => {
    const { samples, rateHz } = readWav(file);
    expect(rateHz).toBe(24_000);
    expect(samples.length * 2).toBeLessThan(50_000);
    const made = softSound();
    // Another processor's sine may round otherwise.
    const worst = samples.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (made[at] ?? Infinity))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('is soft, begins and ends in silence, and has a pause before it comes again', () => {
    const sound = loadWaitingSound();
    const peak = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(20 * Math.log10(peak / 32_768)).toBeLessThan(-24);
    expect(Math.abs(sound[0] ?? 1)).toBeLessThan(10);
    expect(sound.subarray(-24_000).every((sample) => sample === 0)).toBe(true);
  });
});
