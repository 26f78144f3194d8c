import type { Caller } from '../../../smoke/caller';
import { lastSound, longestGap } from '../../speech';
import { span } from '../../processes';
import { SeverableNetwork } from '../../clients/severable-network';
import type { ChaosEnvironment } from './environment';

const ANSWER_WITHIN_MS = 45_000;
/** Shorter than this, what is heard after an error is no spoken notice. */
const NOTICE_MS = 1_500;

const VANISHED_WITHIN_MS = 60_000;

/** Thrown by a fault after which there is no caller any more. */
export class CallerLeft extends Error {}

/** What became of a call. */
export type Outcome = 'recovered' | 'said aloud' | 'left by the caller' | 'lost';

/** A call as its caller lived through it. */
export interface ChaosOutcome {
  readonly outcome: Outcome;
  /** What was expected and did not come, where it was lost. */
  readonly why: string | undefined;
  /** From the loss being noticed until the model listened again; undefined when nothing was lost. */
  readonly hearingAgainMs: number | undefined;
  /** From the fault to the loss being noticed. */
  readonly noticedMs: number | undefined;
  readonly longestSilenceMs: number;
  /** Sentences of the bot's that were begun twice, or never heard to their end. */
  readonly repeated: number;
  readonly missing: number;
}

export interface ChaosCall {
  readonly environment: ChaosEnvironment;
  readonly caller: Caller;
  /** Between the caller and the bot. */
  readonly network: SeverableNetwork;
  /** In the call's own words, so that its stream can be told from others. */
  readonly tag: string;
}

/** What goes wrong, and when in the call. Resolves when it has. */
export interface ChaosFault {
  readonly at: 'speaking' | 'listening';
  /** It lets time pass, in which nobody need say anything: silence counts from its end. */
  readonly takesTime?: boolean;
  inject(call: ChaosCall): void | Promise<void>;
}

const storyOf = (tag: string): readonly string[] => [
  `This is the story ${tag}.`,
  'It goes on for a little while.',
  'Here is where it ends.',
];

/**
 * One caller's call: tells the bot a code word, has it tell a story, meets the fault, hears the story out, and asks
 * for the code word.
 */
export async function runWithFault(
  environment: ChaosEnvironment,
  tag: string,
  fault: ChaosFault,
  random: () => number,
): Promise<ChaosOutcome> {
  const network = new SeverableNetwork();
  const caller = await environment.connect(network);
  const call = { environment, caller, network, tag };
  let injectedMs = caller.mark;
  let struckAtMs = Date.now();
  try {
    await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS);
    await asked(caller, `Remember: my code word is ${tag}.`, `I will remember that your code word is ${tag}.`);
    await span(random() * 500);
    const from = caller.messages.length;
    const inject = async (): Promise<void> => {
      injectedMs = caller.mark;
      struckAtMs = Date.now();
      await fault.inject(call);
      if (fault.takesTime === true) injectedMs = caller.mark;
    };
    if (fault.at === 'listening') await inject();
    caller.sendText(`Say exactly: "${storyOf(tag).join(' ')}"`);
    if (fault.at === 'speaking') {
      await caller.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
      await span(100 + random() * 1_500);
      await inject();
    }
    await asked(caller, undefined, storyOf(tag).at(-1) ?? '', from);
    await asked(caller, 'What is my code word?', `Your code word is ${tag}.`);
    return judge(call, 'recovered', undefined, injectedMs, struckAtMs);
  } catch (error) {
    if (error instanceof CallerLeft) return await judgeLeft(call, injectedMs, struckAtMs);
    const why = error instanceof Error ? error.message : String(error);
    const isTold = caller.messages.some(({ message }) => message.type === 'error' || isGoodbye(message));
    if (isTold) await Promise.race([caller.ended, span(20_000)]);
    const spoken = isTold && (lastSound(caller.heard) ?? 0) - injectedMs >= NOTICE_MS;
    return judge(call, spoken ? 'said aloud' : 'lost', spoken ? undefined : why, injectedMs, struckAtMs);
  } finally {
    caller.hangUp();
    network.close();
  }
}

/** The bot must notice by itself that nobody is there. */
async function judgeLeft(call: ChaosCall, injectedMs: number, struckAtMs: number): Promise<ChaosOutcome> {
  const { sessionId } = call.caller;
  const ended = await call.environment.bot
    .waitForLine(
      'of its end',
      (line) => line['callId'] === sessionId && line['msg'] === 'call ended',
      VANISHED_WITHIN_MS,
    )
    .then(
      () => true,
      () => false,
    );
  return judge(call, ended ? 'left by the caller' : 'lost', ended ? undefined : 'still there', injectedMs, struckAtMs);
}

function isGoodbye({ type, data }: { type: string; data?: unknown }): boolean {
  return type === 'server-message' && JSON.stringify(data).includes('call-ending');
}

/** Types, and waits until the sentence has been heard to its end. @throws Error when it is not */
export async function asked(caller: Caller, text: string | undefined, sentence: string, since?: number): Promise<void> {
  const from = since ?? caller.messages.length;
  if (text !== undefined) caller.sendText(text);
  const isHeard = (message: { type: string; data?: unknown }): boolean => {
    const output = outputOf(message);
    return output?.text === sentence && output.spoken_status === 'completed';
  };
  await caller.waitForMessage(isHeard, ANSWER_WITHIN_MS, from).catch((error: unknown) => {
    throw new Error(`"${sentence}" was not heard: ${error instanceof Error ? error.message : String(error)}`);
  });
}

interface Output {
  readonly segment_id: number;
  readonly text: string;
  readonly spoken_status: string;
}

function outputOf({ type, data }: { type: string; data?: unknown }): Output | undefined {
  return type === 'bot-output' ? (data as Output) : undefined;
}

function judge(
  { environment, caller, tag }: ChaosCall,
  outcome: Outcome,
  why: string | undefined,
  injectedMs: number,
  struckAtMs: number,
): ChaosOutcome {
  const { heard } = caller;
  const outputs = caller.messages.flatMap(({ message }) => outputOf(message) ?? []);
  const begun = (sentence: string): number =>
    new Set(
      outputs.filter(({ text, spoken_status: s }) => text === sentence && s !== 'new').map(({ segment_id: id }) => id),
    ).size;
  const isComplete = (sentence: string): boolean =>
    outputs.some(({ text, spoken_status: s }) => text === sentence && s === 'completed');
  const lost = environment
    .linesOf(caller.sessionId, 'model stream lost')
    .find((line) => timeOf(line) >= struckAtMs - 50);
  const again = environment
    .linesOf(caller.sessionId, 'model reconnected')
    .find((line) => lost !== undefined && timeOf(line) >= timeOf(lost));
  return {
    outcome,
    why,
    hearingAgainMs: again === undefined ? undefined : Number(again['gapMs']),
    noticedMs: lost === undefined ? undefined : Math.max(0, timeOf(lost) - struckAtMs),
    longestSilenceMs: longestGap(heard, injectedMs, heard.startMs + (heard.pcm.length * 1000) / heard.rateHz),
    repeated: storyOf(tag).filter((sentence) => begun(sentence) > 1).length,
    missing: outcome === 'recovered' ? storyOf(tag).filter((sentence) => !isComplete(sentence)).length : 0,
  };
}

function timeOf(line: Record<string, unknown>): number {
  return Date.parse(String(line['time']));
}
