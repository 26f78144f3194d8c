import { Caller, type Recording } from '../../../smoke/caller';
import { longestGap, readRecording, recordingFile } from '../../speech';
import { bundledScenario, startFakeBedrock } from '../../fakes/bedrock';
import { span, startBot } from '../../processes';
import { seeded } from '../../random';

export interface LongCallOptions {
  /** Of the call's own time. */
  readonly callMinutes: number;
  /** How much faster the service's eight minutes pass; 1 is real time. */
  readonly timeScale: number;
  readonly seed: number;
  readonly onTurn?: (minute: number, turns: number) => void;
}

export interface LongCallReport {
  readonly callMinutes: number;
  readonly timeScale: number;
  readonly turns: number;
  readonly rotations: number;
  readonly forced: number;
  readonly reconnects: number;
  readonly streams: number;
  /** Longest time for which nobody listened to the caller, at a rotation. */
  readonly rotationGapMaxMs: number;
  /** Longest silence within an answer. The sandbox's tone has none of its own. */
  readonly speechGapMaxMs: number;
  /** From the question to the first sound of the answer. */
  readonly answerMs: { readonly p50: number; readonly worst: number };
  readonly remembered: boolean;
  readonly failures: readonly string[];
}

const CODE_WORD = 'purple heron';
const ANSWER_WITHIN_MS = 30_000;
const SPEECH_GAP_MAX_MS = 300;

interface Output {
  readonly segment_id: number;
  readonly text: string;
  readonly spoken_status: string;
}

/**
 * One conversation that is much longer than the service's eight minutes: each answer must be heard whole, once and in
 * order, each word of the caller's be understood once, and what was said in the first minute be known in the last.
 */
export async function runLongCall(options: LongCallOptions): Promise<LongCallReport> {
  const { callMinutes, timeScale } = options;
  const scenario = bundledScenario();
  const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0, timeScale, scenario });
  const bot = await startBot(sandbox.url, 2, {
    MAX_CALL_MINUTES: String(Math.ceil(callMinutes) + 10),
    NOVA_SONIC_ROTATE_SECONDS: String(Math.max(1, Math.round(360 / timeScale))),
  });
  const random = seeded(options.seed);
  const words = scenario.recordings.find(({ file }) => file === recordingFile('0930'))?.words ?? '';
  const speech = readRecording('0930').samples;
  const failures: string[] = [];
  const expected: string[] = [];
  const answersMs: number[] = [];
  const spoken: (readonly [fromMs: number, toMs: number])[] = [];
  let caller: Caller | undefined;
  try {
    const ours = await Caller.connect({ baseUrl: bot.url });
    caller = ours;
    await ours.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS);
    const beganMs = performance.now();
    const minute = (): number => ((performance.now() - beganMs) * timeScale) / 60_000;
    /** One turn: says or types something, and hears the answer out. */
    const turn = async (say: () => Promise<unknown>): Promise<void> => {
      const from = ours.messages.length;
      await say();
      const askedMs = performance.now();
      const started = await ours.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
      answersMs.push(performance.now() - askedMs);
      const startedMark = ours.mark;
      await ours.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS, ours.messages.indexOf(started));
      spoken.push([startedMark, ours.mark]);
      await span(500 + 700 * random());
    };
    const type = (text: string, ...answer: readonly string[]): Promise<void> => {
      expected.push(...answer);
      return turn(() => Promise.resolve(ours.sendText(text)));
    };
    await type(`Remember: my code word is ${CODE_WORD}.`, `I will remember that your code word is ${CODE_WORD}.`);
    let saidTimes = 0;
    let turns = 1;
    for (; minute() < callMinutes; turns += 1) {
      if (turns % 4 === 0) {
        saidTimes += 1;
        await turn(() => ours.say(speech));
      } else {
        const answer = [`This is turn ${turns}.`, `It comes once, and only once.`];
        await type(`Say exactly: "${answer.join(' ')}"`, ...answer);
      }
      options.onTurn?.(minute(), turns);
    }
    await type('What is my code word?', `Your code word is ${CODE_WORD}.`);
    const outputs = ours.messages.flatMap(({ message: { type: kind, data } }) =>
      kind === 'bot-output' ? [data as Output] : [],
    );
    const heard = outputs.filter(({ spoken_status: status }) => status === 'completed').map(({ text }) => text);
    failures.push(
      ...differences(
        expected,
        heard.filter((text) => expected.includes(text)),
      ),
    );
    const begun = outputs.filter(
      ({ spoken_status: status, text }) => status === 'new' && text.startsWith('This is turn'),
    );
    const twice = begun.length - new Set(begun.map(({ text }) => text)).size;
    if (twice > 0) failures.push(`${twice} answers were begun twice`);
    const understood = ours.messages.filter(
      ({ message: { type: kind, data } }) => kind === 'user-transcription' && (data as { text: string }).text === words,
    ).length;
    if (understood !== saidTimes)
      failures.push(`of ${saidTimes} times that the caller spoke, ${understood} were understood`);
    const speechGapMaxMs = worstGap(ours.heard, spoken);
    if (speechGapMaxMs > SPEECH_GAP_MAX_MS) failures.push(`a gap of ${speechGapMaxMs} ms in the bot's speech`);
    const rotated = bot.log.filter(({ msg }) => msg === 'model rotated');
    const reconnects = bot.log.filter(({ msg }) => msg === 'model reconnected').length;
    if (reconnects > 0) failures.push(`${reconnects} streams were lost instead of being left in time`);
    if (rotated.length < Math.floor(callMinutes / 7.5)) failures.push(`only ${rotated.length} rotations`);
    const violations = sandbox.sessions.flatMap((session) => session.violations);
    failures.push(...violations.map(({ message }) => `the model refused: ${message}`));
    return {
      callMinutes,
      timeScale,
      turns: turns + 1,
      rotations: rotated.length,
      forced: rotated.filter(({ forced }) => forced === true).length,
      reconnects,
      streams: sandbox.sessions.length,
      rotationGapMaxMs: Math.max(0, ...rotated.map(({ gapMs }) => Number(gapMs))),
      speechGapMaxMs,
      answerMs: { p50: median(answersMs), worst: Math.round(Math.max(...answersMs)) },
      remembered: heard.at(-1) === expected.at(-1),
      failures,
    };
  } finally {
    caller?.hangUp();
    await bot.stop();
    await sandbox.close();
  }
}

/** What is missing, repeated or out of order. */
function differences(expected: readonly string[], heard: readonly string[]): string[] {
  const at = expected.findIndex((text, i) => heard[i] !== text);
  if (at < 0 && heard.length === expected.length) return [];
  const where = at < 0 ? expected.length : at;
  return [
    `${heard.length} of ${expected.length} sentences heard; the first that differs: "${heard[where] ?? 'nothing'}" for "${expected[where] ?? 'nothing'}"`,
  ];
}

function worstGap(heard: Recording, spans: readonly (readonly [number, number])[]): number {
  return Math.max(0, ...spans.map(([fromMs, toMs]) => longestGap(cutOf(heard, fromMs, toMs), fromMs, toMs)));
}

/** The envelope of an hour need not be made for each answer. */
function cutOf({ pcm, rateHz, startMs }: Recording, fromMs: number, toMs: number): Recording {
  const sample = (ms: number): number => Math.max(0, Math.round(((ms - startMs) * rateHz) / 1000));
  return { pcm: pcm.subarray(sample(fromMs), sample(toMs)), rateHz, startMs: Math.max(fromMs, startMs) };
}

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[values.length >> 1] ?? 0);
}
