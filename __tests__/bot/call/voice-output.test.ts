import { VoiceOutput } from '../../../bot/call/voice-output';
import { Ticker } from '../../../bot/time';
import { FakeClock } from '../../support/fake-clock';
import { MemoryTransport } from '../../support/memory-transport';

const VOICE = 1_000;
/** Ten frames, the number of each in its samples. */
const SOUND = Int16Array.from({ length: 4_800 }, (_, at) => 1 + Math.floor(at / 480));

function setUp() {
  const clock = new FakeClock();
  const onError = (error: unknown): never => {
    throw error;
  };
  const ticker = new Ticker({ periodMs: 20, clock, onListenerError: onError });
  const transport = new MemoryTransport(ticker);
  const loudness = { gain: 1 };
  const flushed = (): undefined => undefined;
  const output = new VoiceOutput({
    transport,
    ticker,
    leadMs: 60,
    loudness: { gain: () => loudness.gain, flushed },
    onError,
  });
  const heard = (): number[] => transport.heard.map((frame) => frame.at(-1) ?? NaN);
  const voice = (): void => output.play(new Int16Array(480).fill(VOICE));
  return { clock, ticker, transport, output, loudness, heard, voice };
}

describe('the bot’s voice on its way out', () => {
  it('is as it was where its loudness does not change', () => {
    const { clock, heard, voice, output } = setUp();
    voice();
    expect(output.queuedMs).toBe(20);
    clock.advance(20);
    expect(heard()).toEqual([VOICE]);
  });

  it('goes down and up within a frame', () => {
    const { clock, transport, loudness, voice } = setUp();
    for (const gain of [1, 0.1, 0.1, 1]) {
      loudness.gain = gain;
      voice();
    }
    clock.advance(80);
    const ends = transport.heard.map((frame) => [frame[0], frame.at(-1)]);
    expect(ends).toEqual([
      [1_000, 1_000],
      [998, 100],
      [100, 100],
      [102, 1_000],
    ]);
  });

  it('is at its full loudness after a barge-in', async () => {
    const { clock, heard, loudness, output, voice } = setUp();
    loudness.gain = 0.1;
    voice();
    await output.flush();
    loudness.gain = 1;
    voice();
    clock.advance(20);
    expect(heard()).toEqual([VOICE]);
  });
});

describe('a sound for those who wait', () => {
  it('goes on, again and again, and counts as nothing that is to be heard', () => {
    const { clock, heard, output } = setUp();
    output.startSound(SOUND);
    clock.advance(300);
    expect(heard()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5]);
    expect(output.queuedMs).toBe(0);
    expect(output.hasSound).toBe(true);
  });

  it('stops within one frame, and leaves no listener behind', () => {
    const { clock, ticker, heard, output } = setUp();
    const listeners = ticker.listenerCount;
    output.startSound(SOUND);
    clock.advance(100);
    output.stopSound();
    output.stopSound();
    const before = heard().length;
    clock.advance(200);
    expect(heard().length - before).toBeLessThanOrEqual(1);
    expect(ticker.listenerCount).toBe(listeners);
  });

  it('gives way to the voice at once', () => {
    const { clock, heard, output, voice } = setUp();
    output.startSound(SOUND);
    clock.advance(100);
    const before = heard().length;
    voice();
    voice();
    clock.advance(200);
    expect(heard().slice(before)).toEqual([VOICE, VOICE]);
    expect(output.hasSound).toBe(false);
  });

  it('does not begin while the voice is heard, nor without anything to play', () => {
    const { output, voice } = setUp();
    output.startSound(new Int16Array(0));
    expect(output.hasSound).toBe(false);
    voice();
    output.startSound(SOUND);
    expect(output.hasSound).toBe(false);
    expect(output.queuedMs).toBe(20);
  });

  it('does not take the process with it when the transport has closed and queues nothing any more', () => {
    const { ticker } = setUp();
    let played = 0;
    const closed = { queuedMs: 0, play: () => (played += 1), flush: () => Promise.resolve() };
    const onError = (): undefined => undefined;
    const output = new VoiceOutput({ transport: closed, ticker, leadMs: 60, onError });
    output.startSound(SOUND);
    expect(played).toBe(3);
    output.stopSound();
  });
});
