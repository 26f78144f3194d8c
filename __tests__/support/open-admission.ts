import type { Admission } from '../../bot/call/admission';

/** Lets everybody in. */
export const OPEN_ADMISSION: Admission = {
  standingDown: false,
  admit: () => Promise.resolve(),
  refusalFor: () => undefined,
  begun: () => undefined,
  spent: () => undefined,
  isDaySpent: undefined,
  released: () => undefined,
};
