import type { RunResult } from '../../../evals/report';
import { faultJobs } from '../../../testbed/programs/eval/fault-jobs';
import { findJobs, type Job } from '../../../testbed/programs/eval/jobs';
import { type EvalOptions, parseOptions } from '../../../testbed/programs/eval/options';
import { runJobs } from '../../../testbed/programs/eval/run-jobs';
import { hasFound } from '../../../testbed/programs/eval/search';
import { SEEDED_FAULTS } from '../../../testbed/programs/eval/seeded-faults';

const WITHIN_MS = 120_000;
const OPTIONS = parseOptions(['--mode', 'replay', '-c', '3']) as EvalOptions;
/** Something said twice, history lost, a silence, and what the model is told. */
const FAULTS = ['answered_twice', 'handoff_without_history', 'silent_for_four_seconds', 'variables_lost'];

it(
  'a recording finds faults of the bot, and none where there is none',
  async () => {
    const all = findJobs(OPTIONS) as readonly Job[];
    const seeded = (faultJobs(all, OPTIONS) as readonly Job[]).filter(({ fault = '' }) => FAULTS.includes(fault));
    const found = new Map<string, RunResult>();
    const healthy = all.filter(({ agent, scenario }) =>
      FAULTS.some((fault) => SEEDED_FAULTS[fault]?.foundBy === `${agent}: ${scenario.id}`),
    );
    const outcomes: string[] = [];
    await runJobs([...seeded, ...healthy], OPTIONS, (result, { fault }) => {
      if (fault === undefined) outcomes.push(result.outcome);
      else found.set(fault, result);
    });
    expect(outcomes).toEqual(FAULTS.map(() => 'pass'));
    expect(FAULTS.filter((fault) => !hasFound(fault, found.get(fault) as RunResult))).toEqual([]);
    const lost = found.get('variables_lost');
    expect(lost?.outcome).toBe('stale');
    expect(lost?.failures[0]?.diff).toEqual(expect.arrayContaining([expect.stringMatching(/^-.*Ada/)]));
  },
  WITHIN_MS,
);
