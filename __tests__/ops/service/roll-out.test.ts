import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { OpsError } from '../../../ops/cli/ops-error';
import { isProvedBad } from '../../../ops/release/verdict';
import { type Rollout, rolloutOf, rolloutOfMove } from '../../../ops/service/rollout';
import { waitForRollout, waitUntilBack, waitUntilThrough } from '../../../ops/service/roll-out';
import { Rollouts } from '../../../testbed/fakes/ecs';

describe('waiting for a deployment', () => {
  const said: string[] = [];
  beforeEach(() => said.splice(0));

  /** A service that has one deployment behind it, and a new one that does as `tasks` says. */
  function deploying(tasks: Rollouts['tasks']): Rollouts {
    const rollouts = new Rollouts({ onRunning: () => undefined });
    rollouts.deploy('bot:1');
    rollouts.describe();
    rollouts.tasks = tasks;
    rollouts.deploy('bot:2');
    return rollouts;
  }

  const wait = (rollouts: Rollouts, timeoutMs = 60_000) =>
    waitForRollout(
      { rollout: () => Promise.resolve(rolloutOf((rollouts.describe() as { services: [Service] }).services[0])) },
      {
        signal: new AbortController().signal,
        pollMs: 0,
        timeoutMs,
        progress: (line) => said.push(line),
        done: 'done',
        goOn: 'npm run ops -- release wait --environment test',
      },
    );

  it('ends when ECS calls it completed', async () => {
    await expect(wait(deploying('healthy'))).resolves.toMatchObject({ state: 'completed' });
    expect(said).toEqual(['waiting for the deployment: 0 of 1 tasks run, 0 failed']);
  });

  it('A8: ends when the new tasks serve, and leaves the old ones to finish their calls', async () => {
    await expect(wait(deploying('beside-old'))).resolves.toMatchObject({ state: 'in-progress', running: 1 });
    expect(said.at(-1)).toBe('the new tasks serve; the old ones finish their calls');
  });

  it('A8: that runs out of time is no failure of the deployment, and says how to go on', async () => {
    await expect(wait(deploying('pending'), 0)).rejects.toMatchObject({
      code: 'rollout_pending',
      message: 'the deployment has not come up in time: 0 of 1 tasks run',
      fix: 'npm run ops -- release wait --environment test',
    });
  });

  it('fails when ECS gives the deployment up', async () => {
    const rollouts = new Rollouts({ onRunning: () => undefined });
    rollouts.tasks = 'unhealthy';
    rollouts.deploy('bot:1');
    await expect(wait(rollouts)).rejects.toMatchObject({ code: 'rollout_failed' });
  });
});

describe('waiting for a deployment whose traffic is moved share by share', () => {
  const said: string[] = [];
  let next: string | undefined;
  let runs: string | undefined;
  beforeEach(() => said.splice(0));

  function moving(tasks: Rollouts['tasks']): Rollouts {
    const rollouts = new Rollouts({
      onRunning: (taskDefinition) => (runs = taskDefinition),
      onNext: (taskDefinition) => (next = taskDefinition),
    });
    rollouts.deploy('bot:1');
    Object.assign(rollouts, { movesTraffic: true, tasks });
    rollouts.deploy('bot:2');
    return rollouts;
  }

  /** The newest service deployment, as the API tells it. */
  const look = (rollouts: Rollouts): Rollout => {
    const { serviceDeployments: all } = rollouts.listMoves() as { serviceDeployments: ServiceDeployment[] };
    const asked = { serviceDeploymentArns: [all.at(-1)!.serviceDeploymentArn] };
    const told = rollouts.describeMoves(asked) as { serviceDeployments: ServiceDeployment[] };
    return rolloutOfMove(told.serviceDeployments[0]!);
  };
  const options = (timeoutMs = 60_000) => ({
    signal: new AbortController().signal,
    pollMs: 0,
    timeoutMs,
    progress: (line: string) => said.push(line),
    done: 'done',
    goOn: 'npm run ops -- release shift --environment test',
  });
  const of = (rollouts: Rollouts) => ({ rollout: () => Promise.resolve(look(rollouts)) });

  it('A17: a canary can be called before every caller meets it, and is through when they do', async () => {
    const rollouts = moving('healthy');
    await waitForRollout(of(rollouts), options());
    expect(said.at(-1)).toBe('the new tasks can be called; traffic is moved to them share by share');
    expect([next, runs]).toEqual(['bot:2', 'bot:1']);
    await waitUntilThrough(of(rollouts), options());
    expect(runs).toBe('bot:2');
  });

  it('A17: a canary that makes an alarm ring is failed, and its traffic is back', async () => {
    const rollouts = moving('alarming');
    await waitForRollout(of(rollouts), options());
    await expect(waitUntilThrough(of(rollouts), options())).rejects.toMatchObject({ code: 'rollout_failed' });
    await waitUntilBack(of(rollouts), options());
    expect([next, runs, rollouts.taskDefinition]).toEqual([undefined, 'bot:1', 'bot:1']);
  });

  it('A17: a canary whose tasks do not start is failed before anybody calls it', async () => {
    await expect(waitForRollout(of(moving('unhealthy')), options())).rejects.toMatchObject({ code: 'rollout_failed' });
  });

  it('A17: a canary is taken back by order, whatever share it has', async () => {
    const rollouts = moving('healthy');
    await waitForRollout(of(rollouts), options());
    const { serviceDeployments: all } = rollouts.listMoves() as { serviceDeployments: ServiceDeployment[] };
    rollouts.stopMove({ serviceDeploymentArn: all.at(-1)!.serviceDeploymentArn, stopType: 'ROLLBACK' });
    await waitUntilBack(of(rollouts), options());
    expect([next, runs, rollouts.taskDefinition]).toEqual([undefined, 'bot:1', 'bot:1']);
  });

  it('A8: nobody waits for old tasks to finish their calls once every new call meets the release', async () => {
    const rollouts = moving('beside-old');
    await waitUntilThrough(of(rollouts), options());
    await waitForRollout(of(rollouts), options());
    expect(look(rollouts)).toMatchObject({ stage: 'CLEAN_UP', isThrough: true, state: 'completed' });
  });

  it('A8: running out of time while traffic is moved proves nothing, and says how to go on', async () => {
    await expect(waitUntilThrough(of(moving('pending')), options(0))).rejects.toMatchObject({
      code: 'rollout_pending',
      fix: 'npm run ops -- release shift --environment test',
    });
  });
});

describe('what takes a release back', () => {
  it.each([
    ['ECS gave it up', 'rollout_failed', true],
    ['the bot does not talk', 'bot_failed', true],
    ['the time ran out', 'rollout_pending', false],
    ['the session has expired', 'credentials_expired', false],
    ['the network is gone', 'no_network', false],
    ['a right is missing', 'access_denied', false],
    ['whoever called could not judge', 'call_inconclusive', false],
  ] as const)('A8: %s (%s): %s', (_what, code, isBad) => {
    expect(isProvedBad(new OpsError(code, 'x'))).toBe(isBad);
  });
});
