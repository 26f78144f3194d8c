import { faultyLine, type SeededFault } from './fault';
import { HEARD_FAULTS } from './heard-faults';
import { INNER_FAULTS } from './inner-faults';
import { TOLD_FAULTS } from './told-faults';

/** All that are known, by name. */
export const SEEDED_FAULTS: Readonly<Record<string, SeededFault>> = {
  ...TOLD_FAULTS,
  ...HEARD_FAULTS,
  ...INNER_FAULTS,
};
export { faultyLine };
export type { SeededFault };
