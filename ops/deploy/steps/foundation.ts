import { applyPlan, makePlan, type PlanRecord } from '../../release/plan';
import { summaryOf } from '../../release/review-markdown';
import { StackWorkspace } from '../../release/stack-workspace';
import { approved, type Deployment } from '../deployment';
import type { Step } from '../step';

/** What outlives a release: network, keys, secrets without values, roles, the repository of images. */
export function foundationStep(deployment: Deployment): Step<'settings' | 'state' | 'foundation'> {
  const { context, planOnly } = deployment;
  const workspace = new StackWorkspace(context, 'foundation');
  let plan: PlanRecord | undefined;
  return {
    id: 'foundation',
    after: ['settings', 'state'],
    expects: 'plan and apply the foundation',
    look: async () => {
      context.progress('planning…');
      plan = await makePlan(workspace, planOptions(deployment));
      const text = summaryOf(plan.review);
      if (!plan.changed) return { is: 'done', text };
      return { is: 'needed', text, hasOlder: Object.keys(await workspace.outputs()).length > 0 };
    },
    act: async () => {
      plan ??= await makePlan(workspace, planOptions({ context, planOnly }));
      const { review, sha256 } = plan;
      await approved(deployment, 'foundation', { stack: workspace.name, page: workspace.read('page'), review });
      await applyPlan(workspace, sha256);
      return { changed: true, text: summaryOf(review) };
    },
  };
}

/** A look alone takes no lock; data is lost only where that is allowed by name. */
export function planOptions({ context, planOnly }: Pick<Deployment, 'context' | 'planOnly'>) {
  return { lock: !planOnly, allowDataLoss: context.io.env['ALLOW_DATA_LOSS'] === 'true' };
}
