/** A place to stop a deployment at. */
export interface Stop {
  readonly step: string;
  readonly signal: 'SIGINT' | 'SIGKILL';
  /** An operation that is being asked for then; without it the step has just begun. */
  readonly during?: string;
}

/** Every step at its beginning but the call, which makes nothing, and those in which terraform runs in the middle of applying. */
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
];

/**
 * By both signals everywhere. What a killed run leaves to terraform is done when the next one comes, so that in the middle
 * of an apply Ctrl-C comes first, and SIGKILL at what is then still to be made.
 */
export const ALL_STOPS: readonly Stop[] = [
  ...begins('settings'),
  ...begins('state'),
  { step: 'state', during: 'kms:CreateKey', signal: 'SIGINT' },
  { step: 'state', during: 'kms:CreateAlias', signal: 'SIGKILL' },
  ...begins('foundation'),
  { step: 'foundation', during: 'iam:CreateRole', signal: 'SIGINT' },
  // Of a gateway's chain from the network on; the roles may all be made by then, which are asked for at once.
  { step: 'foundation', during: 'ec2:CreateNatGateway', signal: 'SIGKILL' },
  ...begins('secrets'),
  ...begins('image'),
  ...begins('service'),
  { step: 'service', during: 'ecs:RegisterTaskDefinition', signal: 'SIGINT' },
  { step: 'service', during: 'ecs:CreateService', signal: 'SIGKILL' },
  ...begins('smoke'),
];

function begins(step: string): Stop[] {
  return [
    { step, signal: 'SIGKILL' },
    { step, signal: 'SIGINT' },
  ];
}

/** One signal a place: what time is there for. */
export const SOME_STOPS: readonly Stop[] = PLACES.map((place, index) => ({
  ...place,
  signal: index % 2 === 0 ? 'SIGKILL' : 'SIGINT',
}));

/** Of a deployment whose callers come straight to its task: Ctrl-C, where something is being made, and in the call. */
export const DIRECT_STOPS: readonly Stop[] = [
  { step: 'foundation', during: 'iam:CreateRole', signal: 'SIGINT' },
  { step: 'service', during: 'ecs:CreateService', signal: 'SIGINT' },
  { step: 'smoke', signal: 'SIGINT' },
];

export const nameOf = ({ step, signal, during }: Stop): string =>
  `${signal} ${during === undefined ? `as ${step} begins` : `in ${step}, during ${during}`}`;
