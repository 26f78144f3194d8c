import type { SimulationOutcome } from '../simulation/outcome';

/** What came of a simulated call, as people read it: what ended it, what the judge says, each metric. */
export function simulationLines({ endedBy, turns, claim, success, metrics }: SimulationOutcome): readonly string[] {
  const own =
    claim === undefined
      ? ''
      : `; the caller takes it for ${claim.success ? 'a success' : 'no success'}: ${claim.reason}`;
  return [
    `ended by ${endedBy} after ${turns} ${turns === 1 ? 'turn' : 'turns'} of the caller${own}`,
    ...(success === undefined ? [] : [`success ${success.isMet ? 'yes' : 'no'}: ${success.reason}`]),
    ...metrics.map(({ name, isMet, about }) => `${name} ${isMet ? 'yes' : 'no'}: ${about}`),
  ];
}
