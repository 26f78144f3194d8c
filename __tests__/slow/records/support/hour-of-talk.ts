import { AudioRecorder } from '../../../../bot/records/recording/audio-recorder';
import { RecordingFile } from '../../../../bot/records/recording/recording-file';
import type { Clock, Ticker } from '../../../../bot/time';
import { readRecording, resample } from '../../../../testbed/speech';

const HOUR_MS = 3_600_000;
/** The caller's sound card is fast: 360 ms in an hour. */
const CALLERS_FRAME_MS = 20 * (1 - 100 / 1e6);
/** A little before the end both sides click, in a silence of 2 s. */
const CLICK_FRAME = Math.floor((HOUR_MS - 1_000) / CALLERS_FRAME_MS);
const SILENT_FROM_MS = HOUR_MS - 3_000;
const END_MS = 2_500;

export interface HourOfTalk {
  readonly file: Buffer;
  /** The same file without what is between its headers and its last 2.5 s. */
  readonly end: Buffer;
}

/** A recorded hour, made as fast as it goes: the caller speaks a third of it, the bot nearly half, and a room is never silent. */
export async function hourOfTalk(): Promise<HourOfTalk> {
  let nowMs = 0;
  let beat: () => void = () => undefined;
  const clock: Clock = { nowMs: () => nowMs, epochMs: () => nowMs, after: () => ({ cancel: () => undefined }) };
  const ticker = { subscribe: (listener: () => void) => ((beat = listener), () => undefined) } as unknown as Ticker;
  const parts: Buffer[] = [];
  const file = RecordingFile.begin();
  const recorder = new AudioRecorder({
    clock,
    ticker,
    file,
    write: (part) => parts.push(part) > 0,
    onFailed: (error) => {
      throw error;
    },
  });
  await file;
  await Promise.resolve();

  const { samples } = readRecording('0890');
  const caller = framesOf(samples, 320);
  const bot = framesOf(resample(samples, 16_000, 24_000), 480);
  const room = framesOf(
    Int16Array.from({ length: 16_000 }, (_, at) => ((at * 7_919) % 61) - 30),
    320,
  );
  const silence = new Int16Array(320);
  const clickMs = CLICK_FRAME * CALLERS_FRAME_MS;
  let callersFrame = 0;
  for (let frame = 0; frame * 20 < HOUR_MS; frame += 1) {
    const startMs = frame * 20;
    const isSilent = startMs >= SILENT_FROM_MS;
    const part = frame % 1_000;
    nowMs = startMs;
    if (clickMs >= startMs && clickMs < startMs + 20) recorder.botPlayed(click(480), clickMs - startMs);
    else if (part >= 450 && part < 900 && !isSilent) recorder.botPlayed(at(bot, frame), 0);
    for (; (callersFrame + 1) * CALLERS_FRAME_MS <= startMs + 20; callersFrame += 1) {
      nowMs = (callersFrame + 1) * CALLERS_FRAME_MS;
      const talk = part < 350 ? at(caller, frame) : at(room, frame);
      recorder.callerHeard(callersFrame === CLICK_FRAME ? click(320) : isSilent ? silence : talk);
    }
    nowMs = startMs + 20;
    beat();
  }
  const stopped = recorder.stop();
  for (let left = 0; left < 100; left += 1) beat();
  await stopped;
  const whole = Buffer.concat(parts);
  return { file: whole, end: endOf(whole) };
}

const framesOf = (pcm: Int16Array, size: number): readonly Int16Array[] =>
  Array.from({ length: Math.floor(pcm.length / size) }, (_, frame) => pcm.slice(frame * size, (frame + 1) * size));

const at = (frames: readonly Int16Array[], frame: number): Int16Array =>
  frames[frame % frames.length] ?? new Int16Array(0);

const click = (samples: number): Int16Array => new Int16Array(samples).fill(24_000, 0, samples / 2);

/** Headers, and the pages whose sound is of the last 2.5 s. */
function endOf(file: Buffer): Buffer {
  const pages: Buffer[] = [];
  for (let from = 0; from < file.length;) {
    const next = file.indexOf('OggS', from + 4, 'latin1');
    const to = next < 0 ? file.length : next;
    const page = file.subarray(from, to);
    const isHeader = pages.length < 2;
    if (isHeader || Number(page.readBigInt64LE(6)) / 48 > HOUR_MS - END_MS) pages.push(page);
    from = to;
  }
  return Buffer.concat(pages);
}
