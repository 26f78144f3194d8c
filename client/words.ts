/* What the page shows of the call's state, in the language of the agent. */
import type { InLanguage } from '../contract/languages/in-language';
import { ALL_PAGES } from '../contract/languages/page';
import type { PageTexts } from '../contract/languages/page-texts';
import { spokenNumber, spokenSeconds } from '../contract/languages/spoken';
import type { Problem } from './problems';
import type { ToolAnswer, ToolCall } from './transcript';
import { medianMs, type Ending, type State } from './state';

/** The page's texts, and the language that they are in. */
export type Words = InLanguage<PageTexts>;

/** What is wrong, and what the caller can do about it. */
export interface Advice {
  readonly title: string;
  readonly text: string;
  /** The server's own words, in small print. */
  readonly detail?: string | undefined;
}

/** The state of the call in a few words. */
export function statusWords(state: State, { texts: { status } }: Words): string {
  const { phase } = state;
  switch (phase.kind) {
    case 'starting':
      return status[phase.step];
    case 'live':
      if (phase.network === 'broken') return status.reconnecting;
      if (state.notice !== undefined) return state.notice;
      return status[phase.activity === 'listening' && state.muted ? 'muted' : phase.activity];
    default:
      return status[phase.kind];
  }
}

/** Why the call is over. */
export function endingWords(ending: Ending, { texts }: Words): Advice {
  switch (ending.kind) {
    case 'hung-up':
      return texts.hungUp;
    case 'lost':
      return texts.lost;
    case 'by-agent': {
      const { endings } = texts;
      const { reason = '' } = ending;
      const known = Object.hasOwn(endings, reason) ? endings[reason as keyof typeof endings] : undefined;
      return { title: texts.agentLeft, text: ending.text ?? known ?? endings['client-request'] };
    }
  }
}

/** Why the call could not begin, and what to do. */
export function problemWords(problem: Problem, { texts, tag }: Words): Advice {
  if (problem.kind === 'key-needed' && problem.tried) return texts.keyRefused;
  if (problem.kind === 'too-many-tries' && problem.retryAfterSeconds !== undefined) {
    const when = spokenSeconds(problem.retryAfterSeconds, tag);
    return { title: texts.problems[problem.kind].title, text: texts.tooManyTriesFor(when) };
  }
  return { ...texts.problems[problem.kind], ...('detail' in problem ? { detail: problem.detail } : {}) };
}

/** `1.24 s`; below a second in ms, rounded to what a person can tell apart. */
export function durationWords(ms: number, { tag }: Words): string {
  if (ms < 995) return `${Math.round(ms / 10) * 10} ms`;
  return `${spokenNumber(ms / 1000, tag, 2)} s`;
}

/** What the newest latency is made of, and the median of all. */
export function latencyWords({ latenciesMs, latencyParts: of }: State, words: Words): string {
  const { texts } = words;
  const parts =
    of === undefined ? [] : [texts.latencyParts(...durations(words, of.endpointingMs, of.modelMs, of.playoutMs))];
  return [texts.latency, ...parts, ...medianWords(latenciesMs, words)].join(' ');
}

/** What the figure of an interruption means, and the median of all. */
export function bargeInWords({ bargeInsMs }: State, words: Words): string {
  return [words.texts.bargeIn, ...medianWords(bargeInsMs, words)].join(' ');
}

const durations = (words: Words, ...[one, two, three]: [number, number, number]): [string, string, string] => [
  durationWords(one, words),
  durationWords(two, words),
  durationWords(three, words),
];

function medianWords(figuresMs: readonly number[], words: Words): string[] {
  const median = medianMs(figuresMs);
  return median === undefined ? [] : [words.texts.median(figuresMs.length, durationWords(median, words))];
}

/** `4:07`. */
export function clockWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The panel that is shown while no call is on. */
export function welcomeWords(state: State, words: Words): Advice & { readonly start: string } {
  const { phase } = state;
  const { texts, tag } = words;
  const start = texts.fixed.startCall;
  switch (phase.kind) {
    case 'failed':
      return { ...problemWords(phase.problem, words), start: texts.tryAgain };
    case 'ended':
      return { ...endingWords(phase.ending, words), start: texts.callAgain };
    case 'waiting': {
      const { title, text } = texts.waiting;
      // The server says it in English.
      const detail = phase.problem.kind === 'busy' && texts === ALL_PAGES.en ? phase.problem.detail : undefined;
      const detailed = texts.tryingAgainIn(seconds(phase.secondsLeft, tag));
      return { title, text: detail ?? text, detail: detailed, start };
    }
    case 'starting':
      return phase.step === 'microphone'
        ? { ...texts.mayWeHear, start }
        : { title: texts.status[phase.step], text: texts.agentSpeaksFirst, start };
    case 'hanging-up':
      return { title: texts.status['hanging-up'], text: '', start };
    case 'idle':
    case 'live':
      return { title: texts.fixed.welcomeTitle, text: texts.fixed.welcomeText, start };
  }
}

const seconds = (count: number, tag: string): string => `${spokenNumber(count, tag)} s`;

/** What a screen reader says when it changes: the turns of the call only. */
export function announcement(state: State, words: Words): string {
  const { phase } = state;
  const { announced } = words.texts;
  switch (phase.kind) {
    case 'live':
      if (phase.network === 'broken') return announced.reconnecting;
      return state.muted ? announced.connectedMuted : announced.connected;
    case 'waiting':
      return announced.busy;
    case 'starting':
      return statusWords(state, words);
    case 'ended': {
      const { title, text } = endingWords(phase.ending, words);
      return sentences(title, text);
    }
    default:
      return '';
  }
}

/* What only developers are shown is English. */

/** To a developer whose agent cannot be read as it is now. */
export function agentProblemWords(problem: string): string {
  return `You speak with the agent as it was before your last change: ${problem}`;
}

/** A tool's call in a line, for screen readers and the file that is taken away. */
export function toolWords({ name, args }: ToolCall, answer: ToolAnswer | undefined): string {
  return `Tool: ${name} ${args}${answer === undefined ? '' : ` → ${answerWords(answer)}`}`;
}

export function answerWords({ result, cancelled }: ToolAnswer): string {
  return cancelled ? 'the call ended first' : result;
}

/** A title and what follows it, as they are read out. */
export const sentences = (title: string, text: string): string => `${title}. ${text}`;
