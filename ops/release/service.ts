import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { movesTraffic, movingMinutes } from '../../stacks/names';
import { EcsService } from '../service/ecs-service';
import { type RollOutOptions, waitForRollout, waitUntilBack, waitUntilThrough } from '../service/roll-out';
import { readRecord } from './plan';
import { pollMsOf } from './poll';
import type { StackWorkspace } from './stack-workspace';

/** For tasks to start, to become healthy and to be taken into the load balancer; nobody waits for old tasks' calls. */
const START_MS = 15 * 60_000;

/**
 * Waits until the service runs what was applied. Tasks with calls are left to end these, which nobody waits for.
 * @returns what runs
 * @throws OpsError `rollout_failed`, also where ECS itself went back to what ran before
 */
export async function waitForStable(workspace: StackWorkspace): Promise<string> {
  return waitFor(workspace.context, await workspace.output('task_definition_arn'));
}

async function waitFor(context: Context, expected: string): Promise<string> {
  const service = new EcsService(context.aws(), context.settings);
  await waitForRollout(service, waitingIn(context, 'wait', START_MS));
  await checkRunning(context, service, expected);
  context.progress(`the service is stable and runs ${nameOf(expected)}`);
  return expected;
}

/**
 * Waits until every new call meets the release, where its traffic is moved share by share, and until alarms may no longer
 * take it back. At once where tasks are replaced one after the other.
 * @returns whether traffic was moved
 * @throws OpsError `rollout_failed` where ECS took it back; `rollout_pending`, which proves nothing against it; Interrupted
 */
export async function waitUntilMoved(workspace: StackWorkspace): Promise<boolean> {
  const { context } = workspace;
  if (!movesTraffic(context.settings)) return false;
  const expected = await workspace.output('task_definition_arn');
  const service = new EcsService(context.aws(), context.settings);
  const timeoutMs = START_MS + 60_000 * movingMinutes(context.settings);
  await waitUntilThrough(service, waitingIn(context, 'shift', timeoutMs));
  await checkRunning(context, service, expected);
  context.progress(`every new call meets ${nameOf(expected)}`);
  return true;
}

function waitingIn(context: Context, command: 'wait' | 'shift' | 'rollback', timeoutMs: number): RollOutOptions {
  return {
    signal: context.io.signal,
    pollMs: pollMsOf(context),
    timeoutMs,
    progress: context.progress,
    done: 'The release is applied; nobody has waited for its end.',
    goOn: `npm run ops -- release ${command} --environment ${context.environment}`,
  };
}

/** A circuit breaker's way back is a deployment that completes, too. @throws OpsError `rollout_failed` */
async function checkRunning(context: Context, service: EcsService, expected: string): Promise<void> {
  const runs = (await service.describe())?.taskDefinition;
  if (runs === expected) return;
  throw new OpsError(
    'rollout_failed',
    `ECS gave the release up and went back to ${nameOf(runs)}`,
    `npm run ops -- monitor --once --environment ${context.environment} says why tasks stopped.`,
  );
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
  const { id, state, way, isThrough } = await service.rollout();
  // While traffic is moved, the tasks of before are there, and ECS has it back with them in a moment.
  if (movesTraffic(context.settings) && !isThrough && way !== 'lost') {
    if (state === 'in-progress') await service.takeBack(id);
    await waitUntilBack(service, waitingIn(context, 'rollback', START_MS));
    context.progress(`traffic is back at ${nameOf(previous)} (${previousRelease})`);
    return previous;
  }
  if (found.taskDefinition === previous && state === 'completed') {
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
