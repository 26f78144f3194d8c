/** A place to stop a deployment at. */
export interface Stop {
  readonly step: string;
  readonly signal: 'SIGINT' | 'SIGKILL';
  /** An operation that is being asked for then; without it the step has just begun. */
  readonly during?: string;
}

/** Every step at its beginning, and those in which terraform runs in the middle of applying. */
const PLACES: readonly Omit<Stop, 'signal'>[] = [
  { step: 'settings' },
  { step: 'state' },
  { step: 'state', during: 'kms:CreateKey' },
  { step: 'foundation' },
  { step: 'foundation', during: 'iam:CreateRole' },
  { step: 'secrets' },
  { step: 'image' },
  { step: 'service' },
  { step: 'service', during: 'ecs:RegisterTaskDefinition' },
  { step: 'smoke' },
];

const both = (place: Omit<Stop, 'signal'>): Stop[] => [
  { ...place, signal: 'SIGKILL' },
  { ...place, signal: 'SIGINT' },
];

/** By both signals everywhere. */
export const ALL_STOPS: readonly Stop[] = PLACES.flatMap(both);

/** One signal a place: what time is there for. */
export const SOME_STOPS: readonly Stop[] = PLACES.map((place, index) => ({
  ...place,
  signal: index % 2 === 0 ? 'SIGKILL' : 'SIGINT',
}));

export const nameOf = ({ step, signal, during }: Stop): string =>
  `${signal} ${during === undefined ? `as ${step} begins` : `in ${step}, during ${during}`}`;
