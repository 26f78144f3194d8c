import { opusHeaders, OPUS_HZ, writeOgg } from '../../../bot/audio';
import { twoStreams } from '../../../bot/records/recording/two-streams';
import { drawCall, peaks } from '../../../ops/call-page';
import { waveformsOf } from '../../../ops/call-records/waveforms';

const HZ = 24_000;
const FRAME = HZ / 50;

/** A second, in which the caller is heard in the first half, and the bot in the second. */
async function aRecording(): Promise<Buffer> {
  const { Application, createEncoder } = await import('libopus-wasm');
  const make = () => createEncoder({ channels: 1, sampleRate: HZ, application: Application.RestrictedLowDelay });
  const [caller, bot] = [await make(), await make()];
  const tone = Int16Array.from({ length: FRAME }, (_, i) => 12_000 * Math.sin((2 * Math.PI * 440 * i) / HZ));
  const silence = new Int16Array(FRAME);
  const packets = Array.from({ length: 50 }, (_, at) => ({
    bytes: twoStreams(caller.encode(at < 25 ? tone : silence), bot.encode(at < 25 ? silence : tone)),
    samples: ((at + 1) * OPUS_HZ) / 50,
  }));
  caller.free();
  bot.free();
  return writeOgg(opusHeaders({ channels: 2, isSeparate: true, preSkip: 0, rateHz: HZ }), packets, 1);
}

it('a recording is drawn side by side, from where in the call it began', async () => {
  const { caller, bot } = await waveformsOf(await aRecording(), { startMs: 1_000, durationMs: 3_000 });
  // The codec's own delay spills into the quarter of a second after, which is not looked at.
  const heard = (line: Int16Array): boolean[] => peaks(line, 12).map((peak) => peak > 0.05);
  const quarters = (line: Int16Array): boolean[] => [2, 4, 5, 7, 9].map((quarter) => heard(line)[quarter] ?? false);
  expect(caller).toHaveLength(24_000);
  expect(quarters(caller)).toEqual([false, true, true, false, false]);
  expect(quarters(bot)).toEqual([false, false, false, true, false]);
  const picture = drawCall({ durationMs: 3_000, caller, bot, spans: [], marks: [] });
  expect(picture.match(/class="wave (caller|bot)"/g)).toHaveLength(2);
});

it('a file that is none, or ends in the middle, is told apart from one that can be drawn', async () => {
  const file = await aRecording();
  for (const broken of [Buffer.from('OggS'), file.subarray(0, file.length - 5)])
    await expect(waveformsOf(broken, { startMs: 0, durationMs: 1_000 })).rejects.toThrow(RangeError);
});

it('a long call has no more marks of time than fit', () => {
  const picture = drawCall({ durationMs: 3_600_000, caller: [], bot: [], spans: [], marks: [] });
  expect(picture.match(/class="tick"/g)).toHaveLength(13);
});
