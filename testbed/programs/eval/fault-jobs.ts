import type { Job } from './jobs';
import type { EvalOptions } from './options';
import { SEEDED_FAULTS } from './seeded-faults';
import { whyNotIn } from './why-not';

/** Of the known faults those whose names have `only` in them, each with the scenario that is there to find it. A recorded model is never wrong. */
export function faultJobs(jobs: readonly Job[], { mode, only = '' }: EvalOptions): readonly Job[] | string {
  const names = Object.entries(SEEDED_FAULTS)
    .filter(([name, { model }]) => name.includes(only) && (mode === 'offline' || model === undefined))
    .map(([name]) => name);
  const chosen = names.map((fault) => {
    const found = jobs.find(({ agent, scenario }) => `${agent}: ${scenario.id}` === SEEDED_FAULTS[fault]?.foundBy);
    return found === undefined
      ? `there is no scenario ${SEEDED_FAULTS[fault]?.foundBy}, which finds ${fault}`
      : { ...found, fault };
  });
  const missing = chosen.filter((job) => typeof job === 'string');
  if (missing.length > 0) return missing.join('\n');
  if (chosen.length === 0) return `no seeded fault has "${only}" in its name`;
  return chosen.filter((job) => typeof job !== 'string').filter((job) => whyNotIn(mode, job) === undefined);
}
