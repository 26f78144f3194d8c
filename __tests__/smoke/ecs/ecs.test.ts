import { FakeEcs, type FakeTask } from '../../../smoke/ecs';

/** The stand-in refuses what the agent and ECS refuse, in their shapes, or tests against it would prove nothing. */
describe('the stand-in for ECS', () => {
  let ecs: FakeEcs;
  let task: FakeTask;
  let nowMs = 1_700_000_000_000;

  beforeEach(async () => {
    ecs = await FakeEcs.start({ nowMs: () => nowMs });
    task = ecs.cluster.addTask();
  });
  afterEach(() => ecs.close());

  const state = (of: FakeTask = task): string => `${ecs.environmentOf(of).ECS_AGENT_URI}/task-protection/v1/state`;
  const put = async (body: unknown, url = state()): Promise<{ status: number; body: unknown }> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method: 'PUT', body: text });
    return { status: response.status, body: await response.json() };
  };

  it('protects for two hours unless told, tells until when, and lets it end by itself', async () => {
    const { status, body } = await put({ ProtectionEnabled: true });
    expect(status).toBe(200);
    const ExpirationDate = new Date(nowMs + 120 * 60_000).toISOString();
    expect(body).toEqual({ protection: { ProtectionEnabled: true, ExpirationDate, TaskArn: task.arn } });
    nowMs += 121 * 60_000;
    expect(await (await fetch(state())).json()).toEqual({
      protection: { ProtectionEnabled: false, ExpirationDate: null, TaskArn: task.arn },
    });
  });

  it.each([
    ['no JSON', 'ProtectionEnabled'],
    ['a field it does not know', { ProtectionEnabled: true, Minutes: 5 }],
    ['a word for a number', { ProtectionEnabled: true, ExpiresInMinutes: '5' }],
    ['no wish at all', {}],
    ['no time', { ProtectionEnabled: true, ExpiresInMinutes: 0 }],
    ['more than two days', { ProtectionEnabled: true, ExpiresInMinutes: 2881 }],
  ])('refuses %s', async (_name, body) => {
    expect(await put(body)).toMatchObject({ status: 400, body: { error: { Code: 'InvalidParameterException' } } });
    expect(ecs.cluster.isProtected(task)).toBe(false);
  });

  it('knows its tasks only, and protects none that belongs to no service', async () => {
    expect(await put({ ProtectionEnabled: true }, state().replace(task.id, 'nobody'))).toMatchObject({
      status: 404,
      body: { error: { Code: 'ResourceNotFoundException' } },
    });
    const alone = ecs.cluster.addTask({ alone: true });
    expect(await put({ ProtectionEnabled: true }, state(alone))).toEqual({
      status: 200,
      body: { failure: { Arn: alone.arn, Detail: null, Reason: 'TASK_NOT_VALID' } },
    });
  });

  it('stops no protected task of an older deployment', async () => {
    await put({ ProtectionEnabled: true, ExpiresInMinutes: 5 });
    const other = ecs.cluster.addTask();
    ecs.cluster.deploy();
    expect(ecs.cluster.stoppable).toEqual([other]);
    await put({ ProtectionEnabled: false });
    expect(ecs.cluster.stoppable).toContain(task);
  });

  it('answers its API to signed requests about its own cluster', async () => {
    const ask = (target: string, body: unknown, signed = true): Promise<Response> =>
      fetch(ecs.url, {
        method: 'POST',
        headers: {
          'x-amz-target': `AmazonEC2ContainerServiceV20141113.${target}`,
          ...(signed
            ? { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/eu-north-1/ecs/aws4_request, Signature=b' }
            : {}),
        },
        body: JSON.stringify(body),
      });
    expect((await ask('DescribeTasks', {}, false)).status).toBe(403);
    expect((await ask('DescribeTasks', { cluster: 'other', tasks: [task.arn] })).status).toBe(400);
    expect((await ask('StopTask', { cluster: 'test', task: task.arn })).status).toBe(400);
    const known = await ask('DescribeTasks', { cluster: ecs.cluster.arn, tasks: [task.arn, 'nobody'] });
    expect(await known.json()).toMatchObject({
      tasks: [{ taskArn: task.arn, startedBy: ecs.cluster.primary.id }],
      failures: [{ arn: 'nobody', reason: 'MISSING' }],
    });
  });
});
