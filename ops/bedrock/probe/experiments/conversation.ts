import { type Answer, type Experiment, known, seconds, unknown } from '../experiment';
import type { LabStream } from '../lab-stream';
import type { Seen } from '../reading';
import { Unanswered } from '../outcome';
import { audioMs, type Block, blocksOf, isAudio, isFinal, isSpeculative, isUserText } from '../reading';

const SYSTEM =
  'You are being tested. Answer whatever you hear or read with three short sentences, in words, about anything you like.';
const TYPED = 'Say exactly: "The sea is wide and blue. The sky above it is high. The land is far away."';
/** Later than heard by so much, a FINAL text is late. */
const LATE_MS = 1_500;
/** From the audio of one sentence to that of the next it takes a tenth of a second, with gaps to half of one. */
const NEXT_SENTENCE_MS = 1_000;
const FINALS_WITHIN_MS = 5_000;
/** A piece of audio no longer than that is of the documented pace. */
const SHORT_PIECE_MS = 40;

/** A spoken turn, then a typed one in the same stream, after whose audio nothing is sent for a while. */
export const conversation: Experiment = {
  name: 'conversation',
  asks: {
    completion: 'what does one completion id span',
    speechEvents: 'is the caller’s speech told of by events',
    speechEnd: 'does userSpeechEnd come before the words',
    userText: 'do the caller’s words come in one block',
    userEnd: 'how does that block end',
    stage: 'how is a text’s stage given',
    audioStage: 'has audio a stage',
    continuation: 'what do later sentences begin with',
    turnEnds: 'which block ends a turn',
    finals: 'when do FINAL texts come',
    finalEnd: 'how do they end',
    usage: 'when does usage come',
    pace: 'how fast is it, and in which pieces',
    answers: 'has an answer words',
  },
  mayAsk: { wordlessEnd: 'how does a turn without words end' },
  needs: { seconds: 45, answers: 2, answerSeconds: 16, audioSeconds: 40 },
  when: 'together',
  run: (lab) =>
    lab.on('conversation', { system: SYSTEM, endpointing: 'MEDIUM' }, async (stream) => {
      stream.startAudio();
      stream.feeding = true;
      await stream.say(lab.speech);
      const spokenMs = stream.nowMs;
      const silent = await wordless(stream, 0);
      if (silent !== undefined) return [known('answers', 'wordless', silent.saw), silent, ...ofCaller(stream.seen)];
      await stream.quiet();
      await finalsOf(stream, 0);
      const spoken = stream.seen.length;
      stream.type(TYPED);
      await stream.answerBegins(spoken);
      await allSent(stream, spoken);
      // From here on nothing is sent, while most of it has yet to be heard: the last FINAL text may need new input.
      stream.feeding = false;
      const finals = await finalsWithoutInput(stream, spoken);
      const [first, second] = [blocksOf(stream.seen.slice(0, spoken)), blocksOf(stream.seen.slice(spoken))];
      return [
        known('answers', 'spoken', `${seconds(audioMs(first))} of speech`),
        ...ofCaller(stream.seen.slice(0, spoken)),
        completionOf(first, second, stream.seen),
        ...ofBlocks(first, second),
        finals,
        usageOf(stream.seen),
        paceOf(first, spokenMs, stream.seen),
      ];
    }),
};

/** How the turn ended, where it had no words. */
async function wordless(stream: LabStream, from: number): Promise<Answer | undefined> {
  try {
    const begun = await stream.answerBegins(from);
    const isOver = (): boolean | undefined => {
      const blocks = blocksOf(stream.seen.slice(from)).filter(({ role }) => role === 'ASSISTANT');
      if (blocks.some(({ text, piecesMs }) => text !== '' || piecesMs.length > 0)) return false;
      return blocks.some(({ stopReason }) => stopReason === 'END_TURN') ? true : undefined;
    };
    if ((await stream.until(isOver, FINALS_WITHIN_MS)) !== true) return undefined;
    const how = begun.body['type'] === 'AUDIO' ? 'audio' : 'text';
    return known('wordlessEnd', how, `the turn ended with an empty ${how} block`);
  } catch (error) {
    const isHeard = error instanceof Unanswered && stream.blocks.some(isUserText);
    if (!isHeard) throw error;
    return known('wordlessEnd', 'usage', 'the model wrote down what it heard, and nothing came after that');
  }
}

function ofCaller(seen: readonly Seen[]): Answer[] {
  const names = seen.map(({ name }) => name);
  const blocks = blocksOf(seen).filter(isUserText);
  const [words] = blocks;
  const end = names.indexOf('userSpeechEnd');
  const isTold = names.includes('userSpeechStart');
  const order = words === undefined || end === -1 ? undefined : end < words.start ? 'before-text' : 'after-text';
  return [
    known(
      'speechEvents',
      isTold ? 'sent' : 'missing',
      `${names.filter((name) => name.startsWith('userSpeech')).length} of them in one turn`,
    ),
    order === undefined ? unknown('speechEnd', 'there was none, or no words') : known('speechEnd', order, ''),
    words === undefined
      ? unknown('userText', 'no words of the caller came')
      : known('userText', blocks.length === 1 ? 'whole' : 'fragments', `${blocks.length} for one utterance`),
    words === undefined
      ? unknown('userEnd', 'no words of the caller came')
      : known('userEnd', String(words.stopReason), ''),
  ];
}

function completionOf(first: readonly Block[], second: readonly Block[], seen: readonly Seen[]): Answer {
  const ids = [first, second].map((blocks) => blocks.find(({ role }) => role === 'ASSISTANT')?.completionId ?? '');
  const count = (name: string): number => seen.filter((one) => one.name === name).length;
  const saw = `${count('completionStart')} completionStart, ${count('completionEnd')} completionEnd in two turns`;
  return ids[0] === '' ? unknown('completion', saw) : known('completion', ids[0] === ids[1] ? 'session' : 'turn', saw);
}

function ofBlocks(first: readonly Block[], second: readonly Block[]): Answer[] {
  const texts = [...first, ...second].filter(({ role, type }) => role === 'ASSISTANT' && type === 'TEXT');
  const audio = second.filter(isAudio);
  const inner = [...audio.slice(0, -1), ...second.filter(isSpeculative)];
  const later = second.filter(isSpeculative)[1]?.text;
  const finals = second.filter(isFinal).map(({ stopReason }) => stopReason);
  const lead =
    later === undefined ? undefined : later.startsWith('\n') ? 'lines' : later.startsWith(' ') ? 'space' : 'none';
  const ends = [...new Set(finals)];
  const finalEnd = ends.length === 2 && finals.at(-1) === 'END_TURN' ? 'last' : ends[0];
  return [
    texts[0] === undefined ? unknown('stage', 'no text came') : known('stage', texts[0].stageForm, ''),
    audio[0] === undefined
      ? unknown('audioStage', 'no audio came')
      : known('audioStage', audio[0].stage === undefined ? 'none' : 'final', ''),
    lead === undefined ? unknown('continuation', 'there was no second sentence') : known('continuation', lead, ''),
    known(
      'turnEnds',
      inner.some(({ stopReason }) => stopReason === 'END_TURN') ? 'every' : 'last',
      `audio: ${audio.map(({ stopReason }) => stopReason).join(', ')}`,
    ),
    finalEnd === undefined ? unknown('finalEnd', 'no FINAL text came') : known('finalEnd', finalEnd, finals.join(', ')),
  ];
}

/** Waits until no more audio comes. */
async function allSent(stream: LabStream, from: number): Promise<void> {
  const isOver = (): true | undefined => {
    const last = blocksOf(stream.seen.slice(from)).findLast(isAudio);
    return last?.end !== undefined && stream.nowMs - last.lastMs > NEXT_SENTENCE_MS ? true : undefined;
  };
  await stream.until(isOver, 30_000);
}

/** When everything of an answer has been heard, at the earliest. */
function heardAtMs(blocks: readonly Block[]): number {
  const audio = blocks.filter(isAudio);
  return (audio[0]?.startMs ?? 0) + audioMs(audio);
}

/** Waits for the FINAL texts of the answer from `from` on, or for as long as they may take. */
async function finalsOf(stream: LabStream, from: number): Promise<readonly Block[]> {
  const all = (): readonly Block[] => blocksOf(stream.seen.slice(from));
  const isThere = (): true | undefined => {
    const blocks = all();
    return stream.nowMs > heardAtMs(blocks) + FINALS_WITHIN_MS ? true : undefined;
  };
  await stream.until(isThere, 60_000);
  return all().filter(isFinal);
}

async function finalsWithoutInput(stream: LabStream, from: number): Promise<Answer> {
  const before = await finalsOf(stream, from);
  const sentences = blocksOf(stream.seen.slice(from)).filter(isSpeculative);
  if (sentences.length === 0) return unknown('finals', 'texts have no stage');
  stream.feed(200);
  stream.feeding = true;
  await stream.rest(3_000);
  stream.feeding = false;
  const blocks = blocksOf(stream.seen.slice(from));
  const after = blocks.filter(isFinal);
  const lateMs = (before.at(-1)?.startMs ?? 0) - heardAtMs(blocks);
  const saw = `${sentences.length} sentences announced, ${after.length} FINAL`;
  if (after.length === 0) return known('finals', 'missing', saw);
  if (after.length > before.length) return known('finals', 'withheld', `${saw}, the last one only with new input`);
  if (after.length > sentences.length) return known('finals', 'doubled', saw);
  return known(
    'finals',
    lateMs > LATE_MS ? 'late' : 'heard',
    `${saw}, the last one ${seconds(lateMs)} after it was heard`,
  );
}

function usageOf(seen: readonly Seen[]): Answer {
  const answer = seen.findIndex(({ name, body }) => name === 'contentStart' && body['role'] === 'ASSISTANT');
  const first = seen.findIndex(({ name }) => name === 'usageEvent');
  const count = seen.filter(({ name }) => name === 'usageEvent').length;
  if (first === -1) return unknown('usage', 'no usageEvent came');
  return known('usage', first < answer ? 'scattered' : 'per-turn', `${count} in two turns`);
}

function paceOf(first: readonly Block[], spokenMs: number, seen: readonly Seen[]): Answer {
  const audio = first.filter(isAudio);
  const pieces = audio.flatMap(({ piecesMs }) => piecesMs);
  const end = seen.find(({ name }) => name === 'userSpeechEnd')?.body;
  const detection =
    end === undefined ? undefined : Number(end['inputAudioDetectionOffsetMs']) - Number(end['inputAudioOffsetMs']);
  const longest = Math.max(0, ...pieces);
  const tookMs = Math.max(1, (audio.at(-1)?.lastMs ?? 0) - (audio[0]?.startMs ?? 0));
  const saw = [
    `first sound ${seconds((audio[0]?.startMs ?? 0) - spokenMs)} after the last word`,
    ...(detection === undefined ? [] : [`end of speech noticed after ${detection} ms (MEDIUM)`]),
    `pieces of ${Math.round(Math.min(...pieces))} to ${Math.round(longest)} ms, ${(audioMs(audio) / tookMs).toFixed(1)} times real time`,
  ].join('; ');
  return pieces.length === 0
    ? unknown('pace', 'no audio came')
    : known('pace', longest <= SHORT_PIECE_MS ? 'documented' : 'live', saw);
}
