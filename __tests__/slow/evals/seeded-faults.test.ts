import { faultJobs } from '../../../testbed/programs/eval/fault-jobs';
import { findJobs, type Job } from '../../../testbed/programs/eval/jobs';
import { type EvalOptions, parseOptions } from '../../../testbed/programs/eval/options';
import { runJobs } from '../../../testbed/programs/eval/run-jobs';
import { hasFound } from '../../../testbed/programs/eval/search';
import { SEEDED_FAULTS } from '../../../testbed/programs/eval/seeded-faults';

const WITHIN_MS = 240_000;
const OPTIONS = parseOptions(['-c', '4']) as EvalOptions;

it(
  'each fault of the code is found, on a bot that has it, by the scenario that is there for it',
  async () => {
    const all = faultJobs(findJobs(OPTIONS) as readonly Job[], OPTIONS) as readonly Job[];
    const inCode = all.filter(({ fault = '' }) => SEEDED_FAULTS[fault]?.code !== undefined);
    const said = new Map<string, readonly string[]>();
    await runJobs(inCode, OPTIONS, (result, { fault = '' }) => {
      said.set(fault, hasFound(fault, result) ? ['found'] : result.failures.map(({ detail }) => detail));
    });
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(inCode.map(({ fault = '' }) => [fault, ['found']])));
    expect(said.size).toBeGreaterThanOrEqual(8);
  },
  WITHIN_MS,
);
