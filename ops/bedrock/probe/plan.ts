import type { Experiment, Needs } from './experiment';
import { bargeIn } from './experiments/barge-in';
import { conversation } from './experiments/conversation';
import { history } from './experiments/history';
import { idle, lifetime } from './experiments/idle';
import { dirtyText, headers, parallel, schemas } from './experiments/opening';
import { tool, toolResult, toolUnanswered } from './experiments/tools';
import { typedInSpeech, typedUnfed } from './experiments/typed';
import { costOf } from './prices';

/** In the order in which they are begun: the longest first. */
const EXPERIMENTS: readonly Experiment[] = [
  lifetime,
  idle,
  conversation,
  tool,
  history,
  typedUnfed,
  bargeIn,
  typedInSpeech,
  toolUnanswered,
  toolResult,
  schemas,
  dirtyText,
  headers,
  parallel,
];

/** So many short experiments run at once, each with one stream but for the history's. */
export const LANES = 4;

const TOKENS_PER_SECOND = 25;
const TOKENS_PER_ANSWER = 900;
const TEXT_PER_ANSWER = 70;

export interface Plan {
  readonly experiments: readonly Experiment[];
  readonly leftOut: readonly Experiment[];
  /** How long it takes at the most. */
  readonly seconds: number;
  /** What it costs at the most, at list prices. */
  readonly usd: number;
}

/** Which experiments a probe makes. */
export function planOf(modelId: string, { isQuick, withLife }: { isQuick: boolean; withLife: boolean }): Plan {
  const isMade = (one: Experiment): boolean => (one === lifetime ? withLife : !isQuick || one.when !== 'long');
  const experiments = EXPERIMENTS.filter(isMade);
  const needs = experiments.map((one) => one.needs);
  const tokens = needs.reduce((sum, one) => add(sum, one), {
    inputSpeech: 0,
    inputText: 0,
    outputSpeech: 0,
    outputText: 0,
  });
  return {
    experiments,
    leftOut: EXPERIMENTS.filter((one) => !isMade(one)),
    seconds: durationOf(experiments),
    usd: costOf(tokens, modelId) ?? 0,
  };
}

function add(sum: Parameters<typeof costOf>[0], { answers, answerSeconds, audioSeconds, textTokens = 0 }: Needs) {
  return {
    inputSpeech: sum.inputSpeech + audioSeconds * TOKENS_PER_SECOND,
    inputText: sum.inputText + answers * TOKENS_PER_ANSWER + textTokens,
    outputSpeech: sum.outputSpeech + answerSeconds * TOKENS_PER_SECOND,
    outputText: sum.outputText + answers * TEXT_PER_ANSWER,
  };
}

/** The lanes' longest, or the longest of those beside them; then those that want to be alone. */
function durationOf(experiments: readonly Experiment[]): number {
  const lanes = Array.from({ length: LANES }, () => 0);
  for (const { needs } of experiments.filter(({ when }) => when === 'together'))
    lanes[lanes.indexOf(Math.min(...lanes))] = Math.min(...lanes) + needs.seconds;
  const of = (when: Experiment['when']): number[] =>
    experiments.filter((one) => one.when === when).map(({ needs }) => needs.seconds);
  const alone = of('alone').reduce((sum, one) => sum + one, 0);
  return Math.max(Math.max(...lanes) + alone, ...of('long'));
}
