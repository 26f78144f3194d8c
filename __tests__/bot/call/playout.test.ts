import { Playout, type PlayoutEvents } from '../../../bot/call/playout';
import { FakeClock } from '../../support/fake-clock';
import { MemoryTransport } from '../../support/memory-transport';
import { strictBeat } from '../../support/strict-beat';

function speech(ms: number, value = 1): Int16Array {
  return new Int16Array(ms * 24).fill(value);
}

function setup(options: { maxQueuedMs?: number } = {}) {
  const clock = new FakeClock();
  const ticker = strictBeat(clock);
  const transport = new MemoryTransport(ticker);
  const seen: string[] = [];
  const events: PlayoutEvents = {
    onStarted: () => seen.push('started'),
    onDrained: () => seen.push('drained'),
    onStarved: () => seen.push('starved'),
    onUnderrun: (gapMs) => seen.push(`underrun ${gapMs}`),
    onOverflow: (ms) => seen.push(`overflow ${ms}`),
  };
  const playout = new Playout({ transport, ticker, clock, events, ...options });
  return { clock, ticker, transport, playout, seen };
}

describe('playout: what the caller has not heard yet', () => {
  it('hands audio on at the pace of the clock and keeps at most 60 ms in the transport', () => {
    const { clock, transport, playout } = setup();
    playout.push(speech(2_000));
    for (let i = 0; i < 50; i += 1) {
      clock.advance(20);
      expect(transport.queuedMs).toBeLessThanOrEqual(60);
    }
    expect(transport.heard.length * 20).toBe(1_000);
    expect(playout.heardMs).toBeCloseTo(1_000);
    expect(playout.unheardMs).toBeCloseTo(1_000);
  });

  it('starts at once: the first frame does not wait for a tick of its own', () => {
    const { transport, playout, seen } = setup();
    playout.push(speech(20));
    expect(transport.queuedMs).toBe(20);
    expect(seen).toEqual(['started']);
  });

  it('loses no sample of pieces that are no whole frames, and fills the last frame with silence', () => {
    const { clock, transport, playout, seen } = setup();
    for (let i = 0; i < 10; i += 1) playout.push(speech(32, i + 1));
    playout.endTurn();
    clock.advance(500);
    const heard = transport.heard.flatMap((frame) => [...frame]);
    expect(heard.filter((sample) => sample !== 0)).toEqual(
      Array.from({ length: 10 }, (_, i) => Array<number>(768).fill(i + 1)).flat(),
    );
    expect(seen).toEqual(['started', 'drained']);
  });

  it('says drained only when the last frame was heard, not when it was handed on', () => {
    const { clock, playout, seen } = setup();
    playout.push(speech(60));
    playout.endTurn();
    clock.advance(40);
    expect(seen).toEqual(['started']);
    clock.advance(40);
    expect(seen).toEqual(['started', 'drained']);
  });

  it('drops everything on a barge-in, in the transport too, and counts only what was sent as heard', async () => {
    const { clock, transport, playout, seen } = setup();
    playout.push(speech(5_000));
    clock.advance(1_000);
    await playout.flush();
    const heardAtFlush = transport.heard.length;
    clock.advance(1_000);
    expect(transport.heard.length).toBe(heardAtFlush);
    expect(transport.flushes).toBe(1);
    expect(playout.heardMs).toBeCloseTo(heardAtFlush * 20);
    expect(playout.unheardMs).toBe(0);
    expect(seen).toEqual(['started']);
  });

  it('flushes also when the model has ended its turn and seconds of audio still wait', async () => {
    const { clock, playout, transport, seen } = setup();
    playout.push(speech(3_000));
    playout.endTurn();
    clock.advance(100);
    await playout.flush();
    clock.advance(3_000);
    expect(transport.heard.length).toBeLessThanOrEqual(5);
    expect(seen).toEqual(['started']);
  });

  it('fires a mark when the audio before it was heard, and never when it was flushed', async () => {
    const { clock, playout } = setup();
    const fired: string[] = [];
    playout.push(speech(100));
    playout.whenHeard(() => fired.push('first'));
    playout.push(speech(1_000));
    playout.whenHeard(() => fired.push('second'));
    clock.advance(80);
    expect(fired).toEqual([]);
    clock.advance(60);
    expect(fired).toEqual(['first']);
    await playout.flush();
    clock.advance(2_000);
    expect(fired).toEqual(['first']);
  });

  it('tells how long the model starved the caller in the middle of a turn', () => {
    const { clock, playout, seen } = setup();
    playout.push(speech(40));
    clock.advance(140);
    playout.push(speech(40));
    expect(seen).toEqual(['started', 'starved', 'underrun 100']);
  });

  it('refuses audio beyond its bound instead of growing', () => {
    const { playout, seen } = setup({ maxQueuedMs: 1_000 });
    playout.push(speech(900));
    playout.push(speech(200));
    expect(seen).toContain('overflow 200');
    expect(playout.unheardMs).toBeCloseTo(900);
  });

  it('catches up after a stalled event loop without skipping audio', () => {
    const { clock, transport, playout } = setup();
    playout.push(speech(1_000));
    clock.advance(100);
    clock.stall(200);
    clock.advance(20);
    clock.advance(1_000);
    expect(transport.heard.length * 20).toBe(1_000);
  });

  it('leaves no listener on the ticker when it has nothing to play', async () => {
    const { ticker, clock, playout } = setup();
    playout.push(speech(40));
    playout.endTurn();
    clock.advance(200);
    expect(ticker.listenerCount).toBe(1); // the transport's own
    playout.push(speech(40));
    await playout.flush();
    expect(ticker.listenerCount).toBe(1);
    playout.close();
    playout.push(speech(40));
    expect(ticker.listenerCount).toBe(1);
  });
});
