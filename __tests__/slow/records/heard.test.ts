import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { RecordingFile } from '../../../bot/records/recording/recording-file';
import { recordsRule } from '../../../contract/call-record';
import { readRecording, resample } from '../../../testbed/speech';
import { rmsOf } from '../../../testbed/speech/audio-analysis';
import scenario from '../../../testbed/speech/scenario.json';
import { type KnownSentence, PlayedCall, VARIANTS } from '../../bot/call/support/played-call';
import { decodedRecording } from '../../bot/records/recording/support/decoded-recording';
import { keptRecords } from '../../bot/records/support/kept-call';
import { Listener } from './support/listener';

/* What the record says was heard, against what somebody hears who has nothing but the recording. */

const KNOWN: readonly KnownSentence[] = (['0880', '0890', '0930'] as const).map((name, at) => {
  const { samples } = readRecording(name);
  const words = scenario.recordings[at]?.words ?? '';
  const whole = samples.subarray(0, Math.floor(samples.length / 320) * 320);
  return { text: `${words}.`, pcm24k: resample(whole, 16_000, 24_000) };
});
const known = (at: number): KnownSentence => KNOWN[at % KNOWN.length] ?? { text: '', pcm24k: new Int16Array(0) };
const lastsMs = ({ pcm24k }: KnownSentence): number => pcm24k.length / 24;

/** As transcripts have it: characters take as long as each other, and a sentence is understood without its last quarter of a second. */
function wordsIn(text: string, heardMs: number, ofMs: number): string {
  if (heardMs >= ofMs - 250) return text;
  const space = text.lastIndexOf(' ', Math.floor((text.length * heardMs) / ofMs));
  return space <= 0 ? '' : text.slice(0, space);
}

/** A moment after `fromMs` in the middle of a sound and of a word, so that nobody can be in doubt about either. */
function momentIn(sentence: KnownSentence, fromMs: number): number {
  const { text, pcm24k } = sentence;
  const isLoud = (atMs: number): boolean => rmsOf(pcm24k.subarray(atMs * 24, (atMs + 20) * 24)) > 0.02;
  const words = (atMs: number): string => wordsIn(text, atMs, lastsMs(sentence));
  for (let atMs = fromMs; ; atMs += 20) {
    if (atMs > lastsMs(sentence)) throw new Error('there is no such moment');
    const around = [-100, -80, -60, -40, -20, 0, 20, 40];
    if (around.every((off) => isLoud(atMs + off)) && words(atMs - 100) === words(atMs + 60)) return atMs;
  }
}

it.each([
  ['live', true],
  ['documented', false],
])(
  'the record has the words that are heard in the recording, and no others, whoever interrupts: %s',
  async (_name, isLive) => {
    await RecordingFile.begin();
    let kept: ReturnType<typeof keptRecords> | undefined;
    const call = await PlayedCall.start(isLive, {
      speaks: { records: recordsRule({ level: 'recording', consent: 'none' }) },
      keeps: (clock) => (kept = keptRecords(clock)).records,
    });
    // The encoders are there a moment after the first sound.
    await call.play({ sentences: [100], heardMs: 100, barge: 'none' });
    await RecordingFile.begin();
    const said: KnownSentence[] = [];
    for (const [round, barge] of VARIANTS.entries()) {
      const sentences = [known(round), known(round + 1)];
      const [first = known(0), second = known(0)] = sentences;
      // Every other caller lets the first sentence be said to its end.
      const heardMs = round % 2 === 0 ? momentIn(first, 700) : lastsMs(first) + momentIn(second, 900);
      await call.play({ sentences, heardMs, barge });
      said.push(...(round % 2 === 0 ? [first] : sentences));
    }
    await call.close();
    for (let waits = 0; waits < 20; waits += 1) await turnOfTheLoop();

    const record = kept?.all().find(({ callId }) => callId === 'played');
    const file = kept?.place.objects.get(record?.recording?.key ?? '');
    if (record === undefined || file === undefined) throw new Error('nothing was kept');
    const listener = new Listener((await decodedRecording(file)).right);
    let lastMs = 0;
    const endsMs: number[] = [];
    const heard = said.map((sentence) => {
      const found = listener.next(sentence);
      if (found === undefined) throw new Error(`not heard: ${sentence.text}`);
      expect(listener.hearsSound(lastMs + 40, found.startMs - 20)).toBe(false);
      lastMs = found.startMs + found.heardMs;
      if (found.heardMs < found.lastsMs) endsMs.push(lastMs + (record.recording?.startMs ?? 0));
      return wordsIn(found.text, found.heardMs, found.lastsMs);
    });
    const [, ...words] = record.turns.filter(({ by }) => by === 'bot').map(({ text }) => text);
    expect(words.join(' ')).toBe(heard.join(' '));
    // All of them were cut off in the middle, and nothing was heard from there on.
    const cut = record.turns.filter(({ isCut }) => isCut === true);
    expect(cut).toHaveLength(VARIANTS.length);
    for (const [at, { endMs }] of cut.entries()) expect(Math.abs((endsMs[at] ?? 0) - endMs)).toBeLessThanOrEqual(30);
  },
);
