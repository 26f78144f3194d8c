import { talk } from './paced-talk';

describe('the voice on its way out', () => {
  it.each([0, 20, 50])('phone 10: Twilio has at most 200 ms unheard, %d ms away, and never runs dry', (wayMs) => {
    const { mostUnheardMs, gapsMs } = talk(5_000, { wayMs });
    expect(mostUnheardMs).toBeLessThanOrEqual(200);
    expect(gapsMs).toBe(0);
  });

  it('phone 11, openclaw#119070: a minute does not drift', () => {
    const { playedMs, gapsMs } = talk(60_000, { wayMs: 20 });
    expect(gapsMs).toBe(0);
    expect(Math.abs(60_000 - playedMs)).toBeLessThanOrEqual(40);
  });

  it('phone 11: after an event loop that stood still for 300 ms nothing is missing for longer than that, and nothing piles up', () => {
    const { gapsMs, mostUnheardMs } = talk(10_000, { wayMs: 20, isStalled: (ms) => ms % 2_500 > 2_200 });
    // 160 ms were there to be played meanwhile.
    expect(gapsMs).toBeLessThanOrEqual(4 * 240);
    expect(mostUnheardMs).toBeLessThanOrEqual(240);
  });
});
