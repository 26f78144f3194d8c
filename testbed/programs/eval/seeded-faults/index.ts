import { ChangedBots } from './changed-bots';
import { CODE_FAULTS } from './code-faults';
import { faultyLine, type SeededFault } from './fault';
import { INNER_FAULTS } from './inner-faults';
import { TOLD_FAULTS } from './told-faults';

/** All that are known, by name. */
export const SEEDED_FAULTS: Readonly<Record<string, SeededFault>> = {
  ...TOLD_FAULTS,
  ...INNER_FAULTS,
  ...CODE_FAULTS,
};
export { ChangedBots, faultyLine };
export type { SeededFault };
