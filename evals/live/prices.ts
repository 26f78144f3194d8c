import type { Scenario } from '../scenario';
import { MAX_TURNS } from '../simulation';
import type { TextModel } from '../text-model';

/** A text model's tokens are counted as a large one's, whichever it is: dollars for a million. */
const TOKENS_USD = { input: 3, output: 15 };
/** At that price, at most: a criterion that is asked twice, a turn of a persona late in its call, the verdict on a whole call. */
const CRITERION_USD = 0.006;
const PERSONAS_TURN_USD = 0.004;
const CALLS_VERDICT_USD = 0.04;

/** What tokens cost, counted high. */
export const tokensUsd = ({ input, output }: TextModel['used']): number =>
  (input * TOKENS_USD.input + output * TOKENS_USD.output) / 1_000_000;

/** How many criteria only a judge can judge. */
export function criteriaOf(scenario: Scenario): number {
  if (scenario.kind === 'simulation')
    return 1 + (scenario.metrics ?? []).filter((metric) => 'criterion' in metric).length;
  return scenario.turns.reduce((sum, turn) => sum + turn.expect.filter((one) => one.eval !== undefined).length, 0);
}

/** What text models may cost in one run of a scenario. */
export const textModelsUsd = (scenario: Scenario): number =>
  scenario.kind === 'simulation'
    ? (scenario.max_turns ?? MAX_TURNS) * PERSONAS_TURN_USD + CALLS_VERDICT_USD
    : criteriaOf(scenario) * CRITERION_USD;
