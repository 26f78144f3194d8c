import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { EcsService, rolloutOf } from '../service/ecs-service';
import { waitForRollout } from '../service/roll-out';
import { readRecord } from './plan';
import type { StackWorkspace } from './stack-workspace';

const POLL_MS = 10_000;
/** For tasks to start, to become healthy and to be taken into the load balancer; nobody waits for old tasks' calls. */
const START_MS = 15 * 60_000;

/** RELEASE_POLL_SECONDS, for a stand-in that does not take minutes. */
function pollMsOf({ io }: Context): number {
  const seconds = Number(io.env['RELEASE_POLL_SECONDS'] || POLL_MS / 1000);
  return seconds >= 0 && seconds <= 600 ? seconds * 1000 : POLL_MS;
}

/**
 * Waits until the service runs what was applied. Tasks with calls are left to end these, which nobody waits for.
 * @returns what runs
 * @throws OpsError `rollout_failed`, also where ECS itself went back to what ran before
 */
export async function waitForStable(workspace: StackWorkspace): Promise<string> {
  return waitFor(workspace.context, await workspace.output('task_definition_arn'));
}

async function waitFor(context: Context, expected: string): Promise<string> {
  const { settings } = context;
  const service = new EcsService(context.aws(), settings);
  await waitForRollout(service, {
    signal: context.io.signal,
    pollMs: pollMsOf(context),
    timeoutMs: START_MS,
    progress: context.progress,
    done: 'The release is applied; nobody has waited for its end.',
    goOn: `npm run ops -- release wait --environment ${context.environment}`,
  });
  // A circuit breaker's way back is a deployment that completes, too.
  const runs = (await service.describe())?.taskDefinition;
  if (runs !== expected) {
    throw new OpsError(
      'rollout_failed',
      `ECS gave the release up and went back to ${nameOf(runs)}`,
      'npm run ops -- monitor --once says why tasks stopped.',
    );
  }
  context.progress(`the service is stable and runs ${nameOf(expected)}`);
  return expected;
}

/**
 * Puts the task definition back that ran before the plan was made, as ECS's own circuit breaker does. Terraform's state
 * keeps the failed one, so that the next plan shows it. Run twice, it changes nothing.
 * @returns what runs now; undefined where there was nothing before
 */
export async function rollBack(workspace: StackWorkspace): Promise<string | undefined> {
  const { context } = workspace;
  const { previousTaskDefinition: previous, previousRelease = 'the release before' } = readRecord(workspace);
  if (previous === undefined) {
    context.progress('This was the first release: there is nothing to go back to.');
    return undefined;
  }
  const service = new EcsService(context.aws(), context.settings);
  const found = await service.describe();
  if (found === undefined) throw new OpsError('not_found', 'there is no service to roll back');
  if (found.taskDefinition === previous && rolloutOf(found).state === 'completed') {
    context.progress(`the service runs ${nameOf(previous)} (${previousRelease}) already`);
    return previous;
  }
  if (found.taskDefinition !== previous) await service.run(previous);
  await waitFor(context, previous);
  context.progress(`rolled back to ${nameOf(previous)} (${previousRelease})`);
  return previous;
}

/** `family:revision` of an ARN. */
const nameOf = (arn: string | undefined): string => arn?.split('/').at(-1) ?? 'nothing';
