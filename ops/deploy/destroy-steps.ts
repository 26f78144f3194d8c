import { applyPlan, makePlan, type PlanRecord } from '../release/plan';
import type { StackName, StackWorkspace } from '../release/stack-workspace';
import type { StateBucket } from '../state/state-bucket';
import type { Step } from './step';

/** What there is of a stack to be destroyed: the plan that was shown; undefined where there is nothing. */
export interface Doomed {
  readonly workspace: StackWorkspace;
  readonly plan: PlanRecord | undefined;
}

/** Plans the destruction of a stack. @throws OpsError; Interrupted */
export async function planDestruction(workspace: StackWorkspace, lock: boolean): Promise<Doomed> {
  await workspace.synthesise();
  if (await workspace.isEmpty()) return { workspace, plan: undefined };
  const plan = await makePlan(workspace, { lock, allowDataLoss: true, destroy: true });
  return { workspace, plan: plan.changed ? plan : undefined };
}

/** Applies the plan that was shown, and no other. */
export function stackStep({ workspace, plan }: Doomed): Step<StackName> {
  return {
    id: workspace.stack,
    after: [],
    expects: '',
    look: () =>
      Promise.resolve(
        plan === undefined
          ? { is: 'done', text: 'nothing is there' }
          : { is: 'needed', text: `destroy ${plan.review.changes.length} resources` },
      ),
    act: async () => {
      if (plan === undefined) return { changed: false, text: 'nothing is there' };
      await applyPlan(workspace, plan.sha256);
      return { changed: true, text: `${plan.review.changes.length} resources are destroyed` };
    },
  };
}

/** The bucket goes last, with every version of every state in it. */
export function stateBucketStep(bucket: StateBucket): Step<'state'> {
  return {
    id: 'state',
    after: [],
    expects: '',
    look: async () =>
      (await bucket.look()) === 'absent'
        ? { is: 'done', text: 'nothing is there' }
        : { is: 'needed', text: `destroy the bucket ${bucket.name}, with every state in it` },
    act: async () => {
      await bucket.destroy();
      return { changed: true, text: `${bucket.name} is destroyed, with every state in it` };
    },
  };
}
