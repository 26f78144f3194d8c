import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EcsService, rolloutOf } from '../service/ecs-service';
import { waitForRollout } from '../service/roll-out';
import { arnsOf, namesOf } from '../../stacks/names';
import { type ReleaseContext, ReleaseError } from './context';
import { readRecord } from './plan';
import { StackWorkspace } from './stack-workspace';

export interface WaitOptions {
  /** [until the longest call has ended, and a quarter of an hour] */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

const POLL_MS = 10_000;
/** For tasks to start, to become healthy and to be taken into the load balancer. */
const START_MS = 15 * 60_000;

/** RELEASE_POLL_SECONDS, for a stand-in that does not take minutes. */
function pollMsOf({ env }: ReleaseContext): number {
  const seconds = Number(env['RELEASE_POLL_SECONDS'] || POLL_MS / 1000);
  return seconds >= 0 && seconds <= 600 ? seconds * 1000 : POLL_MS;
}

/** What the applied state says that the service must run. */
export async function expectedTaskDefinition(context: ReleaseContext): Promise<string> {
  const workspace = new StackWorkspace(context, 'service');
  await workspace.initialise();
  const { task_definition_arn: expected } = await workspace.outputs();
  if (typeof expected !== 'string') throw new ReleaseError('the service stack has not been applied');
  return expected;
}

/**
 * Waits until the service runs what was applied, and nothing else. Tasks with calls are left to end these first.
 * @throws OpsError `rollout_failed`; ReleaseError where ECS itself went back to what ran before
 */
export async function waitForStable(context: ReleaseContext, options: WaitOptions = {}): Promise<void> {
  await waitFor(context, await expectedTaskDefinition(context), options);
}

async function waitFor(context: ReleaseContext, expected: string, options: WaitOptions): Promise<void> {
  const { settings, aws, signal, say } = context;
  const service = new EcsService(aws, settings);
  await waitForRollout(service, {
    signal,
    pollMs: options.pollMs ?? pollMsOf(context),
    timeoutMs: options.timeoutMs ?? settings.bot.maxCallMinutes * 60_000 + START_MS,
    progress: say,
    done: 'The release is applied; nobody has waited for its end.',
  });
  // A circuit breaker's way back is a deployment that completes, too.
  const runs = (await service.describe())?.taskDefinition;
  if (runs !== expected) {
    throw new ReleaseError(
      `ECS gave the release up and went back to ${nameOf(runs)}`,
      'npm run ops -- monitor --once says why tasks stopped.',
    );
  }
  say(`the service is stable and runs ${nameOf(expected)}`);
}

/**
 * Puts the task definition back that ran before the plan was made, as ECS's own circuit breaker does. Terraform's state
 * keeps the failed one, so that the next plan shows it. Run twice, it changes nothing.
 * @returns what runs now; undefined where there was nothing before
 */
export async function rollBack(context: ReleaseContext, options: WaitOptions = {}): Promise<string | undefined> {
  const { settings, aws, say } = context;
  const { previousTaskDefinition: previous, previousRelease = 'the release before' } = readRecord(context, 'service');
  if (previous === undefined) {
    say('This was the first release: there is nothing to go back to.');
    return undefined;
  }
  const service = new EcsService(aws, settings);
  const found = await service.describe();
  if (found === undefined) throw new ReleaseError('there is no service to roll back');
  if (found.taskDefinition === previous && rolloutOf(found).state === 'completed') {
    say(`the service runs ${nameOf(previous)} (${previousRelease}) already`);
    return previous;
  }
  const names = namesOf(settings);
  const asked = {
    action: 'ecs:UpdateService',
    resource: arnsOf(settings).service,
    what: `the service ${names.service}`,
  };
  if (found.taskDefinition !== previous) {
    const command = new UpdateServiceCommand({
      cluster: names.cluster,
      service: names.service,
      taskDefinition: previous,
    });
    await aws.write(asked, () => aws.ecs.send(command));
  }
  await waitFor(context, previous, options);
  say(`rolled back to ${nameOf(previous)} (${previousRelease})`);
  return previous;
}

/** `family:revision` of an ARN. */
const nameOf = (arn: string | undefined): string => arn?.split('/').at(-1) ?? 'nothing';
