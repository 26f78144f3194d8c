import { RateLimit } from '../../../bot/time/rate-limit';
import { FakeClock } from '../../support/fake-clock';

test('a burst is let through, then as many as the rate refills, never more than a burst', () => {
  const clock = new FakeClock();
  const limit = new RateLimit({ clock, burst: 3, perSecond: 2 });
  const taken = (): number => Array.from({ length: 10 }, () => limit.take()).filter(Boolean).length;
  expect(taken()).toBe(3);
  clock.advance(500);
  expect(taken()).toBe(1);
  clock.advance(60_000);
  expect(taken()).toBe(3);
});
