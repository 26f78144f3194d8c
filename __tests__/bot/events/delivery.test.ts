import { Delivery, type Destination, EventRefused } from '../../../bot/events/delivery';
import type { SerialisedEvent } from '../../../bot/events/serialised';
import { type UndeliveredEvent, UndeliveredEvents } from '../../../bot/events/undelivered';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

const eventOf = (id: string, bytes = 100): SerialisedEvent => ({ id, type: 'call.started', body: '{}', bytes });

/** A delivery to somebody who answers as told; without a word, they never do. */
function deliveryTo(send: (event: SerialisedEvent) => Promise<void>) {
  const clock = new FakeClock();
  const telemetry = testTelemetry();
  const sent: string[] = [];
  const kept: (UndeliveredEvent & { readonly id: string })[] = [];
  const undelivered = new UndeliveredEvents({
    put: (id, one) => Promise.resolve(void kept.push({ id, ...one })),
    clock,
    telemetry,
  });
  let isClosed = false;
  const destination: Destination = {
    name: 'webhook',
    send: (event, signal) => {
      sent.push(event.id);
      return Promise.race([
        send(event),
        new Promise<never>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        ),
      ]);
    },
    close: () => (isClosed = true),
  };
  const delivery = new Delivery({ destination, undelivered, clock, telemetry, random: () => 1 });
  return { delivery, clock, sent, kept, isClosed: () => isClosed };
}

const never = (): Promise<void> => new Promise(() => undefined);
const fails = (): Promise<void> => Promise.reject(new Error('away'));

describe('a delivery', () => {
  it('pauses for longer each time, a minute at most, and gives up after ten attempts', async () => {
    const { delivery, clock, sent, kept } = deliveryTo(fails);
    delivery.take(eventOf('e'));
    await clock.advanceAsync(0.1, 0.1);
    for (const [attempt, pauseMs] of [1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000).entries()) {
      await clock.advanceAsync(pauseMs - 1, pauseMs);
      expect(sent).toHaveLength(attempt + 1);
      await clock.advanceAsync(1, 1);
    }
    expect(sent).toHaveLength(10);
    expect(kept).toMatchObject([{ id: 'e', destination: 'webhook', why: 'not taken' }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not try again what was refused', async () => {
    const { delivery, clock, sent, kept } = deliveryTo(() => Promise.reject(new EventRefused('no')));
    delivery.take(eventOf('e'));
    await clock.advanceAsync(0.1, 0.1);
    expect([sent, kept.map(({ why }) => why), clock.pendingTimers]).toEqual([['e'], ['refused'], 0]);
  });

  it('has eight events under way at once, and keeps no more than 16 MB waiting', async () => {
    const { delivery, clock, sent, kept } = deliveryTo(never);
    for (let index = 0; index < 10; index += 1) delivery.take(eventOf(`e${index}`, 1024 * 1024));
    expect(sent).toHaveLength(8);
    delivery.take(eventOf('too long', 7 * 1024 * 1024));
    await clock.advanceAsync(0.1, 0.1);
    expect(kept).toMatchObject([{ id: 'too long', why: 'no room' }]);
    delivery.take(eventOf('fits', 6 * 1024 * 1024));
    const closed = delivery.close(0);
    await clock.advanceAsync(1, 1);
    await closed;
    expect(kept).toHaveLength(12);
  });

  it('tries what waits once more when it closes, and takes nothing afterwards', async () => {
    let isBack = false;
    const { delivery, clock, sent, kept, isClosed } = deliveryTo(() => (isBack ? Promise.resolve() : fails()));
    delivery.take(eventOf('waits'));
    await clock.advanceAsync(0.1, 0.1);
    isBack = true;
    await delivery.close(1_000);
    expect(sent).toEqual(['waits', 'waits']);
    delivery.take(eventOf('late'));
    await clock.advanceAsync(0.1, 0.1);
    expect(kept).toMatchObject([{ id: 'late', why: 'no room' }]);
    expect([isClosed(), clock.pendingTimers]).toEqual([true, 0]);
  });

  it('does not wait for who notices nothing: what is under way is undelivered', async () => {
    const { delivery, clock, kept, isClosed } = deliveryTo(never);
    for (let index = 0; index < 9; index += 1) delivery.take(eventOf(`e${index}`));
    const closed = delivery.close(2_000);
    await clock.advanceAsync(2_000, 500);
    await closed;
    expect(kept.map(({ why }) => why).sort()).toEqual(['closing', ...Array<string>(8).fill('not taken')]);
    expect(isClosed()).toBe(true);
  });
});
