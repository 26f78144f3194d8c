import { EcsAgent, type TaskIdentity } from '../../../bot/ecs/agent';
import { DeploymentWatch } from '../../../bot/ecs/deployment-watch';
import { EcsDeployments } from '../../../bot/ecs/ecs-deployments';
import { FakeEcs } from '../../../smoke/ecs';
import { FakeClock, settle } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

/** The SDK finds the stand-in, and credentials, in the environment, as in a container. */
const BORROWED = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

describe('a task that watches the deployments of its service', () => {
  let ecs: FakeEcs;
  let source: EcsDeployments;
  let watch: DeploymentWatch;
  const clock = new FakeClock();
  const telemetry = testTelemetry();
  const before = { ...process.env };

  beforeAll(async () => {
    ecs = await FakeEcs.start();
    const environment = ecs.environmentOf(ecs.cluster.addTask());
    Object.assign(process.env, BORROWED, { AWS_ENDPOINT_URL_ECS: environment.AWS_ENDPOINT_URL_ECS });
    const agent = new EcsAgent({
      agentUri: environment.ECS_AGENT_URI,
      metadataUri: environment.ECS_CONTAINER_METADATA_URI_V4,
    });
    const task = (await agent.identify()) as TaskIdentity;
    expect(task).toMatchObject({ cluster: ecs.cluster.arn, service: 'voice' });
    source = await EcsDeployments.open({ region: 'eu-north-1', task });
    watch = new DeploymentWatch({
      source,
      clock,
      telemetry,
      activeCalls: () => 2,
      checkEveryMs: 30_000,
    });
  });

  afterAll(async () => {
    watch.stop();
    source.close();
    process.env = before;
    await ecs.close();
  });

  it('is current at first', async () => {
    await watch.check();
    expect(watch.outdated).toBe(false);
  });

  it('stays in service while the newer deployment has no task running: nobody else could take the calls', async () => {
    ecs.cluster.deploy();
    await watch.check();
    expect(watch.outdated).toBe(false);
  });

  it('stands down when the newer deployment runs, and says so once', async () => {
    ecs.cluster.addTask();
    await watch.check();
    await watch.check();
    expect(watch.outdated).toBe(true);
    const said = telemetry.logged().filter(({ msg }) => msg === 'deployment changed');
    expect(said).toMatchObject([{ outdated: true, activeCalls: 2 }]);
  });

  it('is current again when the release is rolled back to its own deployment', async () => {
    ecs.cluster.rollBack();
    await watch.check();
    expect(watch.outdated).toBe(false);
  });

  it('notices a forced deployment of the very same revision, as after a changed secret', async () => {
    ecs.cluster.deploy({ sameRevision: true });
    ecs.cluster.addTask();
    await watch.check();
    expect(watch.outdated).toBe(true);
  });

  it('goes by what it knew while ECS cannot be asked, and complains once', async () => {
    const failing = new DeploymentWatch({
      source: { ownDeployment: () => Promise.resolve('ecs-svc/1'), deployments: () => Promise.reject(new Error('no')) },
      clock,
      telemetry,
      activeCalls: () => 0,
      checkEveryMs: 30_000,
    });
    await failing.check();
    await failing.check();
    expect(failing.outdated).toBe(false);
    expect(telemetry.logged().filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('asks every half minute until it is stopped', async () => {
    let asked = 0;
    const counting = new DeploymentWatch({
      source: {
        ownDeployment: () => Promise.resolve('ecs-svc/1'),
        deployments: () => {
          asked += 1;
          return Promise.resolve([]);
        },
      },
      clock,
      telemetry,
      activeCalls: () => 0,
      checkEveryMs: 30_000,
    });
    counting.start();
    counting.start();
    clock.advance(0);
    await settle();
    await clock.advanceAsync(60_000, 5_000);
    counting.stop();
    await clock.advanceAsync(60_000, 5_000);
    expect(asked).toBe(3);
  });
});
