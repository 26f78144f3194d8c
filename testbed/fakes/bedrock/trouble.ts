import type { Behaviours } from './behaviours';
import { TEXTS } from './exceptions';
import type { PlannedFault } from './faults';

/** The fault that a session of such behaviours has by itself, if any. `nth` counts sessions from 0. */
export function plannedTrouble(
  { trouble, troubleIn }: Pick<Behaviours, 'trouble' | 'troubleIn'>,
  nth: number,
): PlannedFault | undefined {
  if (troubleIn === 'first-session' && nth > 0) return undefined;
  switch (trouble) {
    case 'instability':
      return atFirstAnswer(TEXTS.instability);
    case 'unexpected-error':
      return atFirstAnswer(TEXTS.unexpected, 'internalServerException');
    case 'invalid-input':
      return atFirstAnswer(TEXTS.invalidInput);
    case 'content-filter':
      return atFirstAnswer(TEXTS.contentFilter);
    case 'reset-531':
      return atFirstAnswer(TEXTS.reset531);
    case 'premature-close':
      return { fault: { kind: 'tcp-rst' }, when: 'at-open' };
    case 'mute':
      return { fault: { kind: 'deaf' }, when: 'at-open' };
    case 'filter-after-history':
    case 'none':
      return undefined;
  }
}

/** The fault that history brings about, if any. */
export function troubleWithHistory({ trouble }: Pick<Behaviours, 'trouble'>): PlannedFault | undefined {
  return trouble === 'filter-after-history' ? atFirstAnswer(TEXTS.contentFilter) : undefined;
}

function atFirstAnswer(message: string, type = 'validationException'): PlannedFault {
  return { fault: { kind: 'exception', type, message }, when: 'on-user-turn' };
}
