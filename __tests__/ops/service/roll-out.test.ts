import type { Service } from '@aws-sdk/client-ecs';
import { rolloutOf } from '../../../ops/service/ecs-service';
import { waitForRollout } from '../../../ops/service/roll-out';
import { Rollouts } from '../../../testbed/fakes/ecs';

describe('waiting for a deployment', () => {
  const said: string[] = [];
  beforeEach(() => said.splice(0));

  /** A service that has one deployment behind it, and a new one that does as `tasks` says. */
  function deploying(tasks: Rollouts['tasks']): Rollouts {
    const rollouts = new Rollouts(() => undefined);
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
    const rollouts = new Rollouts(() => undefined);
    rollouts.tasks = 'unhealthy';
    rollouts.deploy('bot:1');
    await expect(wait(rollouts)).rejects.toMatchObject({ code: 'rollout_failed' });
  });
});
