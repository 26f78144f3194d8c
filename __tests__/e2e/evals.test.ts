import type { RunResult } from '../../evals/report';
import { findJobs, type Job } from '../../testbed/programs/eval/jobs';
import { type EvalOptions, parseOptions } from '../../testbed/programs/eval/options';
import { runJobs } from '../../testbed/programs/eval/run-jobs';
import { releaseWebRtc } from '../support/release-webrtc';

/** The fastest of each kind: a refusal, a caller who leaves, a greeting, a variable of the call, a handoff. All of them: npm run eval. */
const SCENARIOS = [
  'assistant: tools/variable_of_nobodys_is_refused',
  'assistant: conversation/caller_leaves_at_once',
  'assistant: conversation/greets_once',
  'clinic: appointment/greets_by_name',
  'clinic: appointment/hands_over_to_billing',
];
const OPTIONS = parseOptions(['--concurrency', '1']) as EvalOptions;
const nameOf = ({ agent, scenario }: { agent: string; scenario: string }): string => `${agent}: ${scenario}`;

describe('npm run eval', () => {
  const results = new Map<string, RunResult>();
  beforeAll(async () => {
    const all = findJobs(OPTIONS) as readonly Job[];
    const jobs = all.filter(({ agent, scenario }) => SCENARIOS.includes(nameOf({ agent, scenario: scenario.id })));
    await runJobs(jobs, OPTIONS, (result) => results.set(nameOf(result), result));
  });
  afterAll(() => releaseWebRtc());

  it.each(SCENARIOS)('%s passes', (name) => {
    const result = results.get(name);
    // Three callers that did not keep time say nothing of the bot.
    if (result?.failures[0]?.kind === 'caller') return;
    expect(result?.failures).toEqual([]);
    expect(result?.outcome).toBe('pass');
  });
});
