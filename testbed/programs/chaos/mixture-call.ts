import { Caller } from '../../../smoke/caller';
import { type Behaviours, drawMixture, type FakeBedrock, type FakeSession } from '../../fakes/bedrock';
import { span } from '../../processes';
import { seeded } from '../../random';
import { lastSoundBeforeQuiet } from '../../speech';
import { unheardIn, type ToldSentence } from './mixture-history';

/** A bot of which no other call is held, and the model it talks to. */
export interface Lane {
  readonly botUrl: string;
  readonly sandbox: FakeBedrock;
}

export interface MadeCall {
  readonly callId: string;
  /** What was wrong with it. */
  readonly problems: readonly string[];
  /** Questions that the caller had to ask twice. */
  readonly askedTwice: number;
}

const WITHIN_MS = 30_000;
const CLOSED_WITHIN_MS = 5_000;
/** The old answer may be heard for so long after the client was first told that the caller speaks. */
const TALKED_OVER_MS = 300;
const QUIET_MS = 150;

const STORY = ['This is a story that goes on for a while.', 'It does not end here.', 'But here it does.'];
/** What the stand-in says to a murmur, and to the words that it wrote down for one where a next stream is asked them again. */
const MURMUR_ANSWERS = ['I heard', 'You said: ['];
const MURMUR_HZ = 16_000;

/** What the model hears as speech of which it knows no words. */
function murmur(ms: number): Int16Array {
  return Int16Array.from({ length: (ms * MURMUR_HZ) / 1000 }, (_, i) =>
    Math.round(9_000 * Math.sin(i / 7) * Math.sin(i / 900)),
  );
}

interface Output {
  readonly segment_id: number;
  readonly text: string;
  readonly spoken_status: string;
  readonly spoken_progress: { readonly accumulated_text: string };
}

/**
 * A caller who is greeted, has a story told, speaks over it, has a tool used, and says goodbye, with a service that behaves as
 * mixture `nth` of `seed` says in every stream of the call, and fails as it says in the first.
 */
export async function callMixture({ botUrl, sandbox }: Lane, seed: number, nth: number): Promise<MadeCall> {
  const random = seeded(seed * 7_919 + nth);
  const mixture = drawMixture(seed, nth);
  sandbox.behave(mixture);
  const first = sandbox.sessions.length;
  const streams = () => sandbox.sessions.slice(first);
  void sandbox
    .waitForSession((session) => session === sandbox.sessions[first], WITHIN_MS)
    .then(
      () => sandbox.behave(after(mixture)),
      () => undefined,
    );
  const problems: string[] = [];
  let caller: Caller | undefined;
  let askedTwice = 0;
  try {
    caller = await Caller.connect({ baseUrl: botUrl });
    await heard(caller, ['Hello there.'], 0);
    await interrupt(caller, random, () => streams().flatMap(({ toldOfSpeechAtMs }) => toldOfSpeechAtMs), problems);
    askedTwice += await ask(caller, 'What time is it in Paris?', 'Paris');
    askedTwice += await ask(caller, `Say exactly: "Goodbye ${nth}."`, `Goodbye ${nth}.`);
    problems.push(...transcriptProblems(caller), ...historyProblems(caller, streams()));
  } catch (error) {
    const ends = caller === undefined ? 'not connected' : await Promise.race([caller.ended, span(0)]);
    problems.push(
      `${ends === undefined ? 'muted' : 'lost'}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    caller?.hangUp();
    // The next call's streams are those that are opened from then on.
    await Promise.race([Promise.all(streams().map(({ ended }) => ended)), span(CLOSED_WITHIN_MS)]);
  }
  return { callId: caller?.sessionId ?? '', problems, askedTwice };
}

/** Trouble strikes once; what history sets off, each time. */
function after(mixture: Behaviours): Behaviours {
  return mixture.trouble === 'filter-after-history' ? mixture : { ...mixture, trouble: 'none' };
}

async function interrupt(
  caller: Caller,
  random: () => number,
  told: () => readonly number[],
  problems: string[],
): Promise<void> {
  await quiet(caller);
  const from = caller.messages.length;
  caller.sendText(`Say exactly: "${STORY.join(' ')}"`);
  await caller.waitForMessage('bot-started-speaking', WITHIN_MS, from);
  await span(300 + random() * 1_200);
  const spokeAtMs = performance.now();
  const saying = caller.say(murmur(900));
  let sign: number | undefined;
  while (sign === undefined && performance.now() - spokeAtMs < WITHIN_MS) {
    await span(10);
    sign = told().find((atMs) => atMs >= spokeAtMs);
  }
  const mark = caller.mark;
  if (sign === undefined) throw new Error('the model was not told of the speech');
  await saying;
  await span(TALKED_OVER_MS + QUIET_MS + 500);
  const quietAt = lastSoundBeforeQuiet(caller.heard, mark, QUIET_MS);
  // The new answer begins no sooner than 0.9 s after the words.
  const overMs = quietAt === undefined ? 0 : quietAt - mark;
  if (overMs > TALKED_OVER_MS) problems.push(`talked over for ${Math.round(overMs)} ms`);
  await heard(caller, MURMUR_ANSWERS, from);
}

/** Types, once more where no answer comes, and waits until it has been heard. @returns how often it was typed again */
async function ask(caller: Caller, text: string, answer: string): Promise<number> {
  const from = caller.messages.length;
  const type = async (): Promise<void> => {
    await quiet(caller);
    caller.sendText(text);
    await heard(caller, [answer], from);
  };
  try {
    await type();
    return 0;
  } catch {
    await type();
    return 1;
  }
}

/** Until the bot has not spoken for a moment: what is typed into its answer may go unanswered, as the live service was seen to do. */
async function quiet(caller: Caller): Promise<void> {
  const deadlineMs = performance.now() + WITHIN_MS;
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < 700 && performance.now() < deadlineMs) {
    const last = caller.messages.findLast(({ message }) => /^bot-(started|stopped)-speaking$/.test(message.type));
    if (last?.message.type === 'bot-started-speaking') sinceMs = performance.now();
    await span(50);
  }
}

/** Until a sentence with one of these has been heard. */
async function heard(caller: Caller, answers: readonly string[], from: number): Promise<void> {
  const isHeard = (message: { type: string; data?: unknown }): boolean => {
    const output = outputOf(message);
    return output?.spoken_status === 'completed' && answers.some((words) => output.text.includes(words));
  };
  await caller.waitForMessage(isHeard, WITHIN_MS, from).catch(() => {
    const said = caller.messages.slice(from).flatMap(({ message }) => outputOf(message) ?? []);
    const what = said.map(({ text, spoken_status: status }) => `${text} (${status})`).join(' ');
    throw new Error(`"${answers[0] ?? ''}" was not heard, but: ${what.slice(-300)}`);
  });
}

function outputOf({ type, data }: { type: string; data?: unknown }): Output | undefined {
  return type === 'bot-output' ? (data as Output) : undefined;
}

/** Each segment that was heard to its end, once and in order. */
function transcriptProblems(caller: Caller): string[] {
  const ids = caller.messages
    .map(({ message }) => outputOf(message))
    .filter((output) => output?.spoken_status === 'completed')
    .map((output) => output?.segment_id ?? 0);
  if (new Set(ids).size !== ids.length) return ['a sentence was heard twice'];
  return ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0)) ? [] : ['sentences out of order'];
}

/** What streams were told of the call: what the caller heard of it, and nothing twice. */
function historyProblems(caller: Caller, streams: readonly FakeSession[]): string[] {
  const sentences = toldSentences(caller);
  return streams.flatMap(({ texts, openedAtMs, inputEvents }) => {
    const said = texts.filter(({ role, interactive }) => role === 'ASSISTANT' && !interactive).map(({ text }) => text);
    const heardFromMs = inputEvents.find(({ name }) => name === 'audioInput')?.atMs ?? 0;
    const rest = unheardIn({ said: said.join(' '), atMs: openedAtMs + heardFromMs }, sentences);
    return rest === undefined ? [] : [`unheard, or twice, in a history: "${rest}"`];
  });
}

function toldSentences(caller: Caller): readonly ToldSentence[] {
  const sentences = new Map<number, ToldSentence>();
  for (const { message, arrivedMs } of caller.messages) {
    const output = outputOf(message);
    if (output === undefined) continue;
    const { segment_id: id, text, spoken_progress: progress } = output;
    sentences.set(id, { text, heard: progress.accumulated_text, atMs: arrivedMs });
  }
  return [...sentences.values()];
}
