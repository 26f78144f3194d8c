import { DescribeTasksCommand, RunTaskCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { arnsOf, CONTAINER, isSmokedFromInside, namesOf } from '../../stacks/names';
import { inconclusive } from '../calls/inconclusive';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { EcsService } from '../service/ecs-service';
import { pause } from '../service/wait';
import { pollMsOf } from './poll';
import { type SmokeOptions, smokeTest } from './smoke';
import { SMOKE_EXIT, SMOKE_PROGRAM } from './smoke-exit';

/** To find a place, pull the image, wait for the balancer, and call. */
const WITHIN_MS = 8 * 60_000;

/**
 * The smoke call of a release, from where it can be placed: from here, or where the load balancer is internal from a
 * task of the release's own image in the service's network, which gets the start key as the bot does.
 * @param keys over those in the environment, for a call from here
 * @returns what came of it, for people
 * @throws OpsError `bot_failed` where the bot does not talk; any other proves nothing against it; Interrupted
 */
export async function smokeRelease(
  context: Context,
  options: SmokeOptions,
  keys: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { io, settings, progress } = context;
  if (isSmokedFromInside(settings)) return smokeFromInside(context, options);
  return (await smokeTest({ io: { ...io, env: { ...io.env, ...keys } }, settings, progress }, options)).text;
}

async function smokeFromInside(context: Context, { url, version }: SmokeOptions): Promise<string> {
  const { progress, io } = context;
  const task = await run(context, [SMOKE_PROGRAM, url, version === undefined ? '' : String(version)]);
  progress(`a task of the service's image calls ${url}: ${task.split('/').at(-1) ?? ''}`);
  const until = performance.now() + WITHIN_MS;
  try {
    for (;;) {
      const found = await describe(context, task);
      if (found?.lastStatus === 'STOPPED') return judge(context, found, url);
      if (performance.now() > until) throw unproved(context, 'the task of the smoke call has not ended in time');
      await pause(pollMsOf(context), io.signal, 'The release is applied; it has not been called.', again(context));
    }
  } catch (error) {
    await stop(context, task);
    throw error;
  }
}

const again = ({ environment }: Context): string => `npm run ops -- release smoke --environment ${environment}`;

const unproved = (context: Context, text: string): OpsError => new OpsError('rollout_pending', text, again(context));

const asked = ({ settings }: Context, action: string) => {
  return { action, resource: arnsOf(settings).cluster, what: 'the task of the smoke call' };
};

/** Starts it as the service starts its own: the newest task definition, the same network. @returns its ARN */
async function run(context: Context, command: string[]): Promise<string> {
  const aws = context.aws();
  const service = await new EcsService(aws, context.settings).describe();
  if (service?.taskDefinition === undefined) throw new OpsError('not_found', 'there is no service to call');
  const input = new RunTaskCommand({
    cluster: namesOf(context.settings).cluster,
    taskDefinition: service.taskDefinition,
    launchType: 'FARGATE',
    startedBy: 'release-smoke',
    networkConfiguration: service.networkConfiguration,
    overrides: { containerOverrides: [{ name: CONTAINER, command }] },
  });
  const { tasks = [], failures = [] } = await aws.write(asked(context, 'ecs:RunTask'), () => aws.ecs.send(input));
  const arn = tasks[0]?.taskArn;
  if (arn === undefined) throw unproved(context, `the smoke call found no place: ${failures[0]?.reason ?? 'unknown'}`);
  return arn;
}

async function describe(context: Context, task: string): Promise<Task | undefined> {
  const aws = context.aws();
  const command = new DescribeTasksCommand({ cluster: namesOf(context.settings).cluster, tasks: [task] });
  const { tasks } = await aws.read(asked(context, 'ecs:DescribeTasks'), (options) => aws.ecs.send(command, options));
  return tasks?.[0];
}

/** Ends it, where that is still possible: it ends by itself after a call, too. */
async function stop(context: Context, task: string): Promise<void> {
  const aws = context.aws();
  const command = new StopTaskCommand({ cluster: namesOf(context.settings).cluster, task, reason: 'release smoke' });
  await aws.ecs.send(command).catch(() => undefined);
}

/**
 * @throws OpsError `bot_failed` where it called and the bot did not talk; `call_inconclusive` where that was the task's own
 * fault; `rollout_pending` where it did not get to call
 */
function judge(context: Context, task: Task, url: string): string {
  const exitCode = task.containers?.find(({ name }) => name === CONTAINER)?.exitCode;
  if (exitCode === SMOKE_EXIT.talked) return `a call from inside the network to ${url} heard the bot`;
  if (exitCode === SMOKE_EXIT.notCalled) return 'no call is placed: every place is taken by callers';
  const { logGroup } = namesOf(context.settings);
  const why = `${logGroup}, ecs/${CONTAINER}/${task.taskArn?.split('/').at(-1) ?? ''} says why.`;
  if (exitCode === SMOKE_EXIT.failed) {
    throw new OpsError('bot_failed', 'the smoke call from inside the network failed', why);
  }
  if (exitCode === SMOKE_EXIT.inconclusive) {
    throw inconclusive('the smoke call from inside the network proved nothing', why);
  }
  throw unproved(context, `the smoke call did not get to call: ${task.stoppedReason ?? `exit code ${exitCode}`}`);
}
