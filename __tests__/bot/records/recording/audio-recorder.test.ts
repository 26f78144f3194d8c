import { firstSoundAfter, lastSoundBeforeQuiet } from '../../../../testbed/speech/audio-analysis';
import { readOgg } from '../../../../bot/audio/ogg';
import { rms } from '../../../../bot/audio';
import { HZ } from './support/decoded-recording';
import { Recorded, toneFrame } from './support/recorded';

/** When a side's sound begins and ends, to 5 ms. */
const spanOf = (pcm: Int16Array, afterMs = 0) => {
  const recording = { pcm, rateHz: HZ, startMs: 0 };
  return [firstSoundAfter(recording, afterMs), lastSoundBeforeQuiet(recording, afterMs, 100)];
};
/** To 30 ms: Opus smears where sound begins and ends. */
const near = (ms: number) => ({ asymmetricMatch: (other: unknown) => Math.abs(Number(other) - ms) <= 30 });

/** `count` beats, in which the named sides have a tone. */
function beats(recorded: Recorded, count: number, { caller = false, bot = false }): void {
  for (let frame = 0; frame < count; frame += 1) {
    recorded.beat({
      caller: caller ? toneFrame(440, frame, 16_000) : undefined,
      bot: bot ? toneFrame(700, frame, 24_000) : undefined,
    });
  }
}

it('has the caller left and the bot right, each where it was heard, and as long as the call', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 25, {});
  beats(recorded, 50, { caller: true });
  beats(recorded, 50, {});
  beats(recorded, 50, { bot: true });
  beats(recorded, 25, {});
  const { left, right } = await recorded.end();
  expect([left.length, right.length]).toEqual([4 * HZ, 4 * HZ]);
  expect(spanOf(left)).toEqual([near(500), near(1_500)]);
  expect(spanOf(right)).toEqual([near(2_500), near(3_500)]);
  expect(recorded.failures).toEqual([]);
});

it('is silent from where the caller interrupted: what was played and not heard is in no recording', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 10, {});
  for (let frame = 0; frame < 25; frame += 1) recorded.recorder.botPlayed(toneFrame(700, frame, 24_000), frame * 20);
  beats(recorded, 15, {});
  recorded.recorder.botFlushed(200);
  beats(recorded, 30, {});
  const { right } = await recorded.end();
  expect(spanOf(right)).toEqual([near(200), near(500)]);
  expect(rms(right.subarray(0.52 * HZ))).toBeLessThan(0.0005);
});

it('takes back what a telephone says was not heard, up to a second later', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 50, { bot: true });
  beats(recorded, 10, {});
  recorded.recorder.botFlushed(600);
  beats(recorded, 30, {});
  expect(spanOf((await recorded.end()).right)).toEqual([near(0), near(400)]);
});

it('keeps no sound of the caller while a secret is asked for, nor of its last key', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 50, { caller: true, bot: true });
  recorded.recorder.keepSecret(true);
  beats(recorded, 50, { caller: true, bot: true });
  recorded.recorder.keepSecret(false);
  beats(recorded, 100, { caller: true, bot: true });
  const { left, right } = await recorded.end();
  expect(spanOf(left)).toEqual([near(0), near(1_000)]);
  expect(spanOf(left, 1_100)).toEqual([near(3_000), near(4_000)]);
  expect(rms(left.subarray(1.1 * HZ, 2.9 * HZ))).toBeLessThan(0.0001);
  expect(spanOf(right)).toEqual([near(0), near(4_000)]);
});

it('a process that is killed leaves a file that plays, but for the last 31 s', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 1_540, {});
  expect(recorded.parts).toEqual([]);
  beats(recorded, 20, {});
  expect(recorded.parts).toHaveLength(1);
  const { packets, samples } = readOgg(recorded.file);
  expect([packets.length - 2, samples]).toEqual([1_450, 1_450 * 960]);
});

it('plays without its first part, too, where that found no room', async () => {
  const recorded = await Recorded.begin();
  recorded.hasRoom = false;
  beats(recorded, 1_560, {});
  recorded.hasRoom = true;
  beats(recorded, 25, { caller: true });
  const { left } = await recorded.end();
  expect(recorded.parts).toHaveLength(1);
  expect(rms(left)).toBeGreaterThan(0.05);
});

it('after a stall both sides are in step', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 50, { caller: true, bot: true });
  recorded.clock.stall(10_000);
  recorded.clock.advance(4_000);
  for (let frame = 0; frame < 25; frame += 1)
    recorded.beat({ caller: toneFrame(440, frame, 16_000), bot: toneFrame(700, frame, 24_000) });
  const { left, right } = await recorded.end();
  expect(left.length).toBe(15.5 * HZ);
  expect(spanOf(left, 5_000)).toEqual([near(15_000), near(15_500)]);
  expect(spanOf(right, 5_000)).toEqual([near(15_000), near(15_500)]);
  expect(recorded.failures).toEqual([]);
});

it('more than it can hold is dropped, and counted', async () => {
  const recorded = await Recorded.begin();
  for (let frame = 0; frame < 150; frame += 1) recorded.recorder.botPlayed(toneFrame(700, frame, 24_000), frame * 20);
  expect(recorded.recorder.droppedMs).toBe(1_000);
  await recorded.end();
});

it.each([
  ['two silences cost some bytes a frame', {}, 500],
  ['talk on both sides no more than 31 kbit/s', { caller: true, bot: true }, 15_000_000 / 3_600],
])('%s', async (_name, sides, maxBytesASecond) => {
  const recorded = await Recorded.begin();
  beats(recorded, 200, sides);
  await recorded.end();
  expect(recorded.file.length / 4).toBeLessThan(maxBytesASecond);
});

it('where there is no encoder nothing is recorded, nothing is held, and the end is there at once', async () => {
  const recorded = await Recorded.begin(Promise.reject(new Error('no WebAssembly')));
  beats(recorded, 10, { caller: true, bot: true });
  await recorded.recorder.stop();
  expect([recorded.parts, recorded.ticker.listenerCount]).toEqual([[], 0]);
  expect(recorded.failures).toEqual([new Error('no WebAssembly')]);
});

it('ends once, and takes nothing after its end', async () => {
  const recorded = await Recorded.begin();
  beats(recorded, 10, { caller: true });
  const { left } = await recorded.end();
  const bytes = recorded.file.length;
  beats(recorded, 60, { caller: true, bot: true });
  recorded.recorder.botFlushed(100);
  await recorded.recorder.stop();
  expect([left.length, recorded.file.length]).toEqual([0.2 * HZ, bytes]);
  expect(recorded.ticker.listenerCount).toBe(0);
});
