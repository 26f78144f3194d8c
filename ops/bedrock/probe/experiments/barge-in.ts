import { type Answer, type Experiment, known, unknown } from '../experiment';
import type { Lab } from '../lab';
import type { LabStream } from '../lab-stream';
import { type Block, blocksOf, isAudio, isFinal, isMarker, isSpeculative, isUserText, type Seen } from '../reading';
import { LONG_TEXT } from './long-text';

const SYSTEM =
  'You are being tested. Answer with a long story of at least eight long sentences, whatever you hear or read.';
/** What is cut off stops some 340 ms after the caller began; what runs on stops with the caller's words, or after them. */
const RUNS_ON_UNTIL_MS = 1_000;
/** Louder than a room. */
const LOUD = 500;

/** The caller speaks into a long answer as soon as it is heard. */
export const bargeIn: Experiment = {
  name: 'barge-in',
  asks: {
    bargeIn: 'what tells that the caller speaks over the answer',
    cutBlock: 'what becomes of the audio block',
    cutFinal: 'what FINAL text has the sentence that was cut',
  },
  needs: { seconds: 30, answers: 2, answerSeconds: 40, audioSeconds: 15 },
  when: 'together',
  run: (lab) =>
    lab.on('barge-in', { system: SYSTEM }, async (stream) => {
      const from = await speakInto(lab, stream);
      return readBargeIn(stream.seen, from);
    }),
};

/** Has a long answer begun, and speaks into it. @returns the event at which the caller began */
async function speakInto(lab: Lab, stream: LabStream): Promise<number> {
  stream.startAudio();
  stream.feed(160);
  stream.feeding = true;
  stream.type(LONG_TEXT);
  await stream.answerBegins(0);
  await stream.next(0, ({ name }) => name === 'audioOutput', 12_000);
  const from = stream.seen.length;
  await stream.say(twice(lab.speech));
  const words = await stream.until(
    () => stream.blocks.find((block) => isUserText(block) && block.start >= from),
    15_000,
  );
  // The new answer ends what the old one left open.
  const next = words?.end ?? from;
  await stream.until(
    () => stream.blocks.find((block) => isAudio(block) && block.start > next && block.piecesMs.length > 0),
    15_000,
  );
  await stream.rest(1_500);
  return from;
}

/** @param from the event at which the caller began to speak */
export function readBargeIn(seen: LabStream['seen'], from: number): Answer[] {
  const before = blocksOf(seen.slice(0, from));
  const all = blocksOf(seen);
  const told = seen.slice(from).some(({ name }) => name === 'userSpeechStart');
  const words = all.find((block) => isUserText(block) && block.start >= from);
  if (words === undefined)
    return ['bargeIn', 'cutBlock', 'cutFinal'].map((one) => unknown(one, 'the caller was not heard'));
  const after = all.filter(({ start }) => start >= from);
  const marker = after.find(isMarker);
  const old = all.filter((block) => isAudio(block) && block.start < words.start);
  const cut = old.findLast(({ stopReason }) => stopReason !== 'END_TURN') ?? old.at(-1);
  const isOver =
    old.at(-1)?.stopReason === 'END_TURN' && (old.at(-1)?.end ?? Infinity) < (marker?.start ?? words.start);
  const isCutOff = old.some(({ stopReason }) => stopReason === 'INTERRUPTED');
  const order = `${eventOrder(seen, from)}; the first sign ${Math.round(signAtMs(seen, from))} ms after the caller began`;
  const variant = marker !== undefined ? (isOver ? 'C' : 'B') : isCutOff ? 'D' : told ? 'A' : 'F';
  const lastMs = Math.max(0, ...old.map((block) => block.lastMs));
  return [known('bargeIn', variant, order), blockOf(cut, words, isOver, lastMs), finalOf(before, all, from, marker)];
}

/** Three seconds without a pause: an answer that is not cut off must be told from one that is. */
function twice(speech: Int16Array): Int16Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > LOUD;
  const words = speech.subarray(speech.findIndex(isLoud), speech.findLastIndex(isLoud) + 1);
  const both = new Int16Array(words.length * 2);
  both.set(words);
  both.set(words, words.length);
  return both;
}

function blockOf(cut: Block | undefined, words: Block, isOver: boolean, lastMs: number): Answer {
  if (cut === undefined) return unknown('cutBlock', 'no audio came');
  if (isOver) return unknown('cutBlock', 'all of it had been sent before');
  const end = cut.end ?? Infinity;
  const stoppedMs = words.startMs - lastMs;
  if (stoppedMs < RUNS_ON_UNTIL_MS)
    return known('cutBlock', 'runs-on', 'audio of the old answer came until the caller’s words');
  if (end < words.start) return known('cutBlock', 'ends', `${cut.stopReason ?? ''} before the caller’s words`);
  if (cut.end === undefined) return known('cutBlock', 'never-ends', 'the audio stopped, and no contentEnd came');
  return known('cutBlock', 'ends-later', `the audio stopped; ${cut.stopReason ?? ''} only before the next answer`);
}

function finalOf(before: readonly Block[], all: readonly Block[], from: number, marker: Block | undefined): Answer {
  if (before.every(({ stage }) => stage === undefined)) return unknown('cutFinal', 'texts have no stage');
  const old = all
    .filter(isSpeculative)
    .filter(({ start }) => start < (marker?.start ?? from))
    .map(({ text }) => text.trim());
  const finals = all.filter((block) => isFinal(block) && block.start >= from).map(({ text }) => text.trim());
  const part = finals.find((text) => text !== '' && !old.includes(text) && old.some((whole) => whole.startsWith(text)));
  if (part !== undefined) return known('cutFinal', 'heard-part', `of a sentence, ${part.split(' ').length} words`);
  const whole = finals.find((text) => old.includes(text));
  return whole === undefined
    ? known('cutFinal', 'none', '')
    : known('cutFinal', 'whole', 'the sentence as if all of it had been heard');
}

/** When the first thing came that tells of the interruption, from when the caller began. */
function signAtMs(seen: LabStream['seen'], from: number): number {
  const isSign = ({ name, body }: Seen): boolean =>
    name === 'userSpeechStart' ||
    (name === 'contentEnd' && body['stopReason'] === 'INTERRUPTED') ||
    (name === 'contentStart' && body['role'] === 'USER');
  const after = seen.slice(from);
  return (after.find(isSign)?.atMs ?? NaN) - (seen[from]?.atMs ?? NaN);
}

/** What came after the caller began, in its order; runs and usage left out. */
function eventOrder(seen: LabStream['seen'], from: number): string {
  const names = seen.slice(from).flatMap(({ name, body }) => {
    if (name === 'usageEvent' || name === 'audioOutput' || name === 'contentStart') return [];
    if (name === 'contentEnd') return [`${String(body['type'])} ${String(body['stopReason'])}`];
    if (name === 'textOutput') return [String(body['role']) === 'USER' ? 'words' : 'text'];
    return [name];
  });
  return names
    .filter((name, index) => name !== names[index - 1])
    .slice(0, 8)
    .join(', ');
}
