import { orRollBack, urlOf } from '../../release/deploy';
import { applyPlan, makePlan, type PlanRecord } from '../../release/plan';
import { summaryOf } from '../../release/review-markdown';
import { waitForStable } from '../../release/service';
import type { StackWorkspace } from '../../release/stack-workspace';
import { EcsService } from '../../service/ecs-service';
import { approved, type Deployment, type Handover } from '../deployment';
import type { Step } from '../step';
import { planOptions } from './foundation';

/** What a release changes: task definition, service, load balancer, alarms. Done when ECS runs what was applied. */
export function serviceStep(
  deployment: Deployment,
  workspace: StackWorkspace,
  handover: Handover,
): Step<'settings' | 'state' | 'foundation' | 'image' | 'service'> {
  const { context } = deployment;
  const plan = (): Promise<PlanRecord> =>
    makePlan(workspace, {
      ...planOptions(deployment),
      ...(handover.image === undefined ? {} : { image: handover.image }),
    });
  let planned: PlanRecord | undefined;
  return {
    id: 'service',
    after: ['settings', 'state', 'foundation', 'image'],
    expects: 'plan and apply the service, and wait until it is stable',
    look: async () => {
      context.progress('planning…');
      planned = await plan();
      if (planned.changed) return { is: 'needed', text: summaryOf(planned.review) };
      if (!(await isStable(workspace))) return { is: 'needed', text: 'wait until the service is stable' };
      handover.url = await urlOf(workspace);
      return { is: 'done', text: 'runs what is applied' };
    },
    act: async () => {
      planned ??= await plan();
      const { changed, review, sha256 } = planned;
      if (changed) {
        await approved(deployment, 'service', { stack: workspace.name, page: workspace.read('page'), review });
        await applyPlan(workspace, sha256);
        handover.serviceChanged = true;
        context.progress('applied; waiting until the service is stable…');
        await orRollBack(workspace, () => waitForStable(workspace));
      } else await waitForStable(workspace);
      handover.url = await urlOf(workspace);
      return { changed, text: changed ? `${summaryOf(review)}; it is stable` : 'it is stable' };
    },
  };
}

/** Whether ECS has done what was applied last. */
async function isStable(workspace: StackWorkspace): Promise<boolean> {
  const { context } = workspace;
  const service = new EcsService(context.aws(), context.settings);
  const runs = (await service.describe())?.taskDefinition;
  if (runs === undefined) return false;
  return runs === (await workspace.output('task_definition_arn')) && (await service.rollout()).state === 'completed';
}
