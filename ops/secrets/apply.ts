import { OpsError } from '../cli/ops-error';
import type { Journal } from './journal';
import { describePlan, planSecret, type Plan, type Planned } from './plan';
import { CURRENT, PREVIOUS, type SecretStore, versionAt } from './store';
import type { SecretValues } from './state';
import type { Task } from './wanted';

/** A secret as it is after the command. */
export interface Applied {
  readonly arn: string;
  readonly versionId: string;
  readonly plan: Plan;
  readonly wasRestored: boolean;
  /** The version that the plan was made for: AWSPREVIOUS now. */
  readonly replaced: string | undefined;
  readonly verification: Verification;
}

/** `read-back`: the stored value is the one sent. `by-version`: the caller may not read it, but it is the current one. */
export type Verification =
  | { readonly kind: 'read-back' }
  | { readonly kind: 'by-version' }
  | { readonly kind: 'overtaken'; readonly byVersion: string }
  | { readonly kind: 'not-needed' };

/**
 * Carries out one plan and looks at the result.
 * @throws OpsError; Interrupted with what had been done
 */
export async function applyPlan(store: SecretStore, task: Task, first: Planned, journal: Journal): Promise<Applied> {
  const { kind, wanted } = task;
  const { name } = kind;
  journal.stopIfAsked();
  let planned = first;
  const wasRestored = first.plan.kind === 'restore';
  if (wasRestored) {
    await store.restore(name);
    journal.note(name, 'restored, its value not changed');
    planned = planSecret(await store.state(name), wanted);
    journal.stopIfAsked();
  }
  const { values, plan, basedOn } = planned;
  if (values === undefined) {
    const described = await store.describe(name);
    return {
      arn: described?.ARN ?? '',
      versionId: basedOn ?? '',
      plan,
      wasRestored,
      replaced: undefined,
      verification: { kind: 'not-needed' },
    };
  }
  const versionId = await write(store, task, plan, values);
  journal.note(name, `written (version ${versionId})`);
  const { arn, verification } = await verify(store, name, versionId, values, basedOn);
  return { arn, versionId, plan, wasRestored, replaced: basedOn, verification };
}

async function write(store: SecretStore, { kind }: Task, plan: Plan, values: SecretValues): Promise<string> {
  if (plan.kind !== 'create') return store.put(kind.name, values);
  const { versionId } = await store.create(kind, values);
  return versionId;
}

/** @throws OpsError `verification_failed` when what is stored is not what was sent */
async function verify(
  store: SecretStore,
  name: string,
  versionId: string,
  values: SecretValues,
  basedOn: string | undefined,
): Promise<{ arn: string; verification: Verification }> {
  const described = await store.describe(name);
  if (described?.ARN === undefined) throw notVerified(name, 'it is not there');
  const arn = described.ARN;
  if (versionAt(described, CURRENT) !== versionId) throw notVerified(name, 'another version is the current one');
  try {
    const stored = await store.readText(name, { versionId });
    if (stored !== JSON.stringify(values)) throw notVerified(name, 'what was read back is not what was written');
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'access_denied') throw error;
    return { arn, verification: { kind: 'by-version' } };
  }
  const previous = versionAt(described, PREVIOUS);
  // Somebody else wrote between our reading and our writing: theirs is kept, but not in ours.
  if (basedOn !== undefined && previous !== undefined && previous !== basedOn) {
    return { arn, verification: { kind: 'overtaken', byVersion: previous } };
  }
  return { arn, verification: { kind: 'read-back' } };
}

function notVerified(name: string, why: string): OpsError {
  return new OpsError(
    'verification_failed',
    `${name} was written, but ${why}`,
    'Somebody else may be writing too: npm run ops -- secrets list, then run the same command again.',
  );
}

/** What was done, in words. */
export function describeApplied({ plan, wasRestored, verification, versionId }: Applied): string {
  const before = wasRestored ? 'restored; ' : '';
  if (verification.kind === 'not-needed') return `${before}${describePlan(plan)}`;
  const how = {
    'read-back': 'verified by reading it back',
    'by-version': 'verified by its version (you may not read it, as its policy wants)',
    overtaken: 'verified by reading it back',
  }[verification.kind];
  return `${before}${describePlan(plan)}; version ${versionId}, ${how}`;
}
