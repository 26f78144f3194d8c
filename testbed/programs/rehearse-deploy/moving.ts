import type { ReleaseRehearsal } from './rehearsal';

/*
 * Releases whose traffic ECS moves share by share, and releases into a network that nobody outside reaches. They go on in
 * the environment of the rehearsal before them, whose settings they change.
 */

const DEPLOY = 'deploy --environment test --yes';
const EXPIRED = { status: 400, code: 'ExpiredTokenException', message: 'The security token included is expired' };

const unless = (isGood: boolean, problem: string): string[] => (isGood ? [] : [problem]);

/** What the others go on from, where nothing has been released yet. */
export async function first(rehearsal: ReleaseRehearsal): Promise<string[]> {
  return mended(rehearsal);
}

/** From rolling to canary, and the first release by it. */
export async function canary(rehearsal: ReleaseRehearsal): Promise<string[]> {
  rehearsal.changeSettings({ release: { strategy: 'canary', stepMinutes: 5 } });
  // The strategy itself comes with a release that ECS still rolls out as it did.
  const first = await rehearsal.next();
  const { status, output } = await rehearsal.next();
  const said = ['traffic is moved to them share by share', 'a call was greeted after', 'every new call meets'];
  return [
    ...unless(first.status === 0, `the strategy could not be changed:\n${first.output}`),
    ...unless(status === 0 && said.every((text) => output.includes(text)), `it did not come through:\n${output}`),
    ...(await rehearsal.problemsOfEnd()),
  ];
}

/** A canary that cannot be called, while callers are still with the release before. */
export async function badCanary(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const { environment } = rehearsal;
  const before = environment.rollouts.taskDefinition;
  environment.isBroken = true;
  const { status, output } = await rehearsal.next();
  environment.isBroken = false;
  return [
    ...unless(status === 1 && output.includes('traffic is back at'), `it was not taken back:\n${output}`),
    ...unless(environment.rollouts.taskDefinition === before, 'the service does not run what it did before'),
    ...(await mended(rehearsal)),
  ];
}

/** A canary that talks, and makes an alarm ring. */
export async function alarmingCanary(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const { environment } = rehearsal;
  const before = environment.rollouts.taskDefinition;
  environment.rollouts.tasks = 'alarming';
  const { status, output } = await rehearsal.next();
  environment.rollouts.tasks = 'healthy';
  return [
    ...unless(status === 1 && output.includes('ECS took the deployment back'), `nobody noticed:\n${output}`),
    ...unless(environment.rollouts.taskDefinition === before, 'the service does not run what it did before'),
    ...(await mended(rehearsal)),
  ];
}

/** The session ends while traffic is moved and old calls go on: nothing is taken back, and the next run goes on. */
export async function expired(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const { environment } = rehearsal;
  environment.rollouts.tasks = 'beside-old';
  environment.failAws('ecs:DescribeServiceDeployments', EXPIRED, 1);
  const stopped = await rehearsal.next();
  const wait = await rehearsal.release('wait --environment test');
  const resumed = await rehearsal.release(DEPLOY);
  environment.rollouts.tasks = 'healthy';
  return [
    ...unless(stopped.status === 1 && stopped.output.includes('expired'), `it did not expire:\n${stopped.output}`),
    ...unless(!stopped.output.includes('traffic is back at'), `it was taken back:\n${stopped.output}`),
    ...unless(wait.status === 0, `the wait did not go on:\n${wait.output}`),
    ...unless(resumed.status === 0, `it did not go on:\n${resumed.output}`),
    ...(await rehearsal.problemsOfEnd()),
  ];
}

/** An internal load balancer: a task of the image calls, and what keeps it from calling is no fault of the release. */
export async function internal(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const { environment } = rehearsal;
  rehearsal.changeSettings({
    release: { strategy: 'canary', stepMinutes: 5 },
    loadBalancer: { allowPlainHttp: true, internal: true },
  });
  environment.smokeTasks.hasCapacity = false;
  const placeless = await rehearsal.next();
  environment.smokeTasks.hasCapacity = true;
  const { status, output } = await rehearsal.release(DEPLOY);
  const before = environment.rollouts.taskDefinition;
  environment.isBroken = true;
  const broken = await rehearsal.next();
  environment.isBroken = false;
  return [
    ...unless(
      placeless.status === 1 && placeless.output.includes('found no place') && !placeless.output.includes('back at'),
      `without a place to call from:\n${placeless.output}`,
    ),
    ...unless(status === 0 && output.includes('a call from inside the network'), `it was not called:\n${output}`),
    ...unless(broken.status === 1 && broken.output.includes('traffic is back at'), `it was left:\n${broken.output}`),
    ...unless(environment.rollouts.taskDefinition === before, 'the service does not run what it did before'),
    ...(await mended(rehearsal)),
  ];
}

/** What nobody has touched has no drift, though ECS has set the weights of the rules. */
export async function drift(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const plans = [];
  for (const stack of ['foundation', 'service']) {
    plans.push(await rehearsal.release(`plan ${stack} --environment test`, { env: { NO_LOCK: 'true' } }));
  }
  return plans.flatMap(({ status, output }) =>
    unless(
      status === 0 && output.includes(': 0 to add, 0 to change, 0 to replace, 0 to destroy'),
      `it drifts:\n${output}`,
    ),
  );
}

async function mended(rehearsal: ReleaseRehearsal): Promise<string[]> {
  const { status, output } = await rehearsal.next();
  const problems = await rehearsal.problemsOfEnd();
  return [...unless(status === 0, `the release does not get through:\n${output}`), ...problems];
}
