import type { Judge } from '../judge';
import type { TalkVerdict } from '../judge/talk-question';
import type { CallFacts } from '../run';
import type { JudgedMetric, Simulation } from '../scenario';
import { measured } from './measures';
import type { MetricResult, SimulationOutcome } from './outcome';
import type { SimulationRun } from './run-simulation';
import { repliesIn, talkLines } from './talk';

/** What was found wrong, a line each, and where the judge failed itself. */
export interface JudgedSimulation {
  readonly outcome: SimulationOutcome;
  readonly failures: readonly string[];
  readonly judgeFailure: string | undefined;
}

/**
 * What came of a simulated call: what is measured is, and the judge is asked once, for the success and all its metrics. What ended
 * the call decides nothing by itself: a persona that says goodbye and does not hang up is not the bot's doing.
 */
export async function judgeSimulation(
  simulation: Simulation,
  run: SimulationRun,
  facts: CallFacts,
  judge: Judge,
): Promise<JudgedSimulation> {
  const { success: criterion, metrics = [] } = simulation;
  const { endedBy, claim, turns } = run;
  const talk = talkLines(run);
  const replies = repliesIn(talk);
  const judged = metrics.filter((metric) => 'criterion' in metric);
  const measures = metrics.flatMap((metric) => ('measure' in metric ? [measured(metric, run, facts)] : []));
  const came = (
    success: SimulationOutcome['success'],
    scores: readonly MetricResult[],
    judgeFailure?: string,
  ): JudgedSimulation => {
    const all = [...scores, ...measures];
    const failures = [
      ...(success?.isMet === false ? [`no success: ${criterion}: ${success.reason} (ended by ${endedBy})`] : []),
      ...all.flatMap(({ isMet, name, about }) => (isMet ? [] : [`${name}: ${about}`])),
    ];
    return {
      outcome: { endedBy, claim, turns: turns.length, success, metrics: all },
      failures,
      judgeFailure,
    };
  };
  if (replies.length === 0) return came({ isMet: false, reason: 'nothing was said' }, []);
  const asked = await judge.askOfTalk({
    success: criterion,
    metrics: Object.fromEntries(judged.map(({ name, criterion: each }) => [name, each])),
    talk,
  });
  if (asked.kind === 'failed') return came(undefined, [], `${asked.why}: ${criterion}`);
  const { success, replies: verdicts } = asked;
  return came(
    { isMet: success.verdict === 'yes', reason: success.reason },
    judged.map((metric) => score(metric, verdicts)),
  );
}

/** The share of an agent's replies that met a criterion. */
function score({ name, min_score: minScore }: JudgedMetric, all: TalkVerdict['replies']): MetricResult {
  const verdicts = all.flatMap(({ metric, reply, verdict, reason }) =>
    metric === name ? [{ reply, isMet: verdict === 'yes', reason }] : [],
  );
  const missed = verdicts.filter(({ isMet }) => !isMet).map(({ reply, reason }) => `reply ${reply}: ${reason}`);
  const share = 1 - missed.length / verdicts.length;
  const limit = minScore === undefined ? '' : `, ${minScore} at least`;
  return {
    name,
    score: share,
    isMet: minScore === undefined || share >= minScore,
    about: `${share.toFixed(2)}${limit}${missed.length === 0 ? '' : ` (${missed.join('; ')})`}`,
    minScore,
    verdicts,
    failure: 'judge_no',
  };
}
