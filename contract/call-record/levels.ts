/** How much is kept of a call, least first; each level has all of those before it. */
export const RECORD_LEVELS = ['none', 'metadata', 'transcript', 'recording'] as const;
export type RecordLevel = (typeof RECORD_LEVELS)[number];

/** How callers come to know that words or voices are kept: told before, asked before, or told in another way. */
export const CONSENT_MODES = ['announce', 'ask', 'none'] as const;
export type ConsentMode = (typeof CONSENT_MODES)[number];

/**
 * What came of it. `not-needed`: nothing of theirs is kept, or they are told in another way. `pending`: they have not
 * been told, or have not answered, yet. `stopped`: they agreed, and changed their mind.
 */
export const CONSENT_OUTCOMES = ['not-needed', 'pending', 'announced', 'agreed', 'refused', 'stopped'] as const;
export type ConsentOutcome = (typeof CONSENT_OUTCOMES)[number];

/** What an agent keeps of its calls: `records` of its definition. */
export interface RecordsRule {
  /** Default `metadata`. */
  readonly level?: RecordLevel;
  /** Default `announce`. */
  readonly consent?: ConsentMode;
  /** Whether arguments and results of tools are kept, too; needs `transcript` or `recording`. */
  readonly toolContent?: boolean;
}

/** The rule with its defaults. */
export function recordsRule({
  level = 'metadata',
  consent = 'announce',
  toolContent = false,
}: RecordsRule = {}): Required<RecordsRule> {
  return { level, consent, toolContent };
}

/** Whether a call at `level` has what is kept from `least` on. */
export const keepsAt = (level: RecordLevel, least: RecordLevel): boolean =>
  RECORD_LEVELS.indexOf(level) >= RECORD_LEVELS.indexOf(least);

/** What callers have to do with an agent's rule before they were told or asked. */
export const consentAtFirst = ({ level, consent }: Required<RecordsRule>): ConsentOutcome =>
  keepsAt(level, 'transcript') && consent !== 'none' ? 'pending' : 'not-needed';

/** The level in force: nothing that a caller says is kept before they were told, or once they want it no more. */
export function levelInForce(asked: RecordLevel, consent: ConsentOutcome): RecordLevel {
  const isFree = consent === 'not-needed' || consent === 'announced' || consent === 'agreed';
  return isFree || !keepsAt(asked, 'transcript') ? asked : 'metadata';
}
