import type { RunResult } from '../../../evals/report';
import { SEEDED_FAULTS } from './seeded-faults';

/**
 * Whether a scenario has found a seeded fault: it says what is wrong, whether or not the machine was busy, too, as the fault is
 * known to be there. A recording finds what the model is told otherwise before any expectation does.
 */
export function hasFound(fault: string, { outcome, failures }: RunResult): boolean {
  const says = SEEDED_FAULTS[fault]?.says;
  if (outcome === 'stale') return true;
  return says !== undefined && failures.some(({ detail }) => detail.includes(says));
}

/** What a terminal shows of a search, a line or more. */
export function searchLines(fault: string, result: RunResult): readonly string[] {
  const { agent, scenario, outcome, failures } = result;
  if (hasFound(fault, result)) return [`✓ ${fault}: found by ${agent}: ${scenario}`];
  return [
    `✗ ${fault}: not found by ${agent}: ${scenario}, which says ${outcome}`,
    ...failures.map(({ detail }) => `    ${detail}`),
  ];
}
