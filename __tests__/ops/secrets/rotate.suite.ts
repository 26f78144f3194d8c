import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { DailyRest } from '../../../testbed/fakes/daily/rest';
import { Rollouts } from '../../../testbed/fakes/ecs';
import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import type { TestAws } from '../support/aws';
import { about, ops, type Ran } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { Project } from '../support/project';
import { SECRETS } from '../support/values';

const DAILY = 'pipecat/daily-api-key';
const START = 'pipecat/start-api-key';
const SERVICE = 'pipecat-voice-agent-test';

export function rotateSuite(aws: () => TestAws): void {
  describe('secrets rotate', () => {
    let project: Project;
    let fixture: AwsFixture;
    let daily: DailyRest;

    beforeAll(async () => {
      daily = await DailyRest.start({ apiKeys: [SECRETS.dailyKey, SECRETS.newDailyKey] });
      project = new Project();
    });
    afterAll(async () => {
      await daily.close();
      project.remove();
    });
    beforeEach(async () => {
      fixture = new AwsFixture(aws().motoUrl);
      project.env({ DAILY_API_KEY: SECRETS.newDailyKey });
      await fixture.put(DAILY, { DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: daily.url, OTHER: 'kept' });
    });
    afterEach(async () => {
      fixture.close();
      await aws().reset();
    });
    const run = (command: string, signal?: AbortSignal): Promise<Ran> =>
      ops(`secrets rotate ${command} --json`, { folder: project.folder, ...(signal === undefined ? {} : { signal }) });
    const deployments = async (): Promise<number> => {
      const { services } = await fixture.ecs.send(
        new DescribeServicesCommand({ cluster: SERVICE, services: [SERVICE] }),
      );
      return services?.[0]?.deployments?.length ?? 0;
    };
    const asked = (): string[] => aws().sandbox.requests.map(({ operation }) => operation);

    it('shows the new key to Daily, puts it in, keeps the old one, and restarts the service', async () => {
      await fixture.service();
      const ran = await run('daily-api-key');
      expect(ran.code).toBe(0);
      expect(await fixture.get(DAILY)).toEqual({
        DAILY_API_KEY: SECRETS.newDailyKey,
        DAILY_API_URL: daily.url,
        OTHER: 'kept',
      });
      expect(await fixture.get(DAILY, 'AWSPREVIOUS')).toMatchObject({ DAILY_API_KEY: SECRETS.dailyKey });
      expect(daily.requests.at(-1)).toBe('GET /v1/rooms 200');
      expect(about(ran, SERVICE)[0]).toMatchObject({ status: 'changed' });
      expect(asked()).toContain('ecs:UpdateService');
      expect(await deployments()).toBeGreaterThan(0);
    });

    it('does not write a key that Daily refuses', async () => {
      project.env({ DAILY_API_KEY: Array.from(SECRETS.dailyKey).reverse().join('') });
      const ran = await run('daily-api-key');
      expect(ran.code).toBe(1);
      expect(ran.json.error).toMatchObject({ code: 'credentials_refused' });
      expect(await fixture.versions(DAILY)).toBe(1);
    });

    it('goes back to the value before, and forward again', async () => {
      await run('daily-api-key');
      const back = await run('daily-api-key --roll-back');
      expect(back.code).toBe(0);
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.dailyKey });
      expect(await fixture.get(DAILY, 'AWSPREVIOUS')).toMatchObject({ DAILY_API_KEY: SECRETS.newDailyKey });
      await run('daily-api-key --roll-back');
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.newDailyKey });
    });

    it('has nothing to go back to after the first value', async () => {
      const ran = await run('daily-api-key --roll-back');
      expect(ran.json.error).toMatchObject({
        code: 'secret_has_no_value',
        message: `${DAILY} has no value before the present one`,
      });
    });

    it('makes up a new start key', async () => {
      await fixture.put(START, { START_API_KEY: SECRETS.startKey });
      const ran = await run('start-api-key --generate');
      expect(ran.code).toBe(0);
      const { START_API_KEY: made } = (await fixture.get(START)) as { START_API_KEY: string };
      expect(made).not.toBe(SECRETS.startKey);
      expect(ran.stdout).not.toContain(made.slice(0, 6));
      expect(about(ran, SERVICE)[0]).toMatchObject({
        status: 'skipped',
        text: expect.stringContaining('is not deployed') as string,
      });
    });

    it.each<[string, string, string]>([
      ['a key of Daily that is to be made up', 'daily-api-key --generate', 'usage'],
      ['two ways at once', 'start-api-key --generate --roll-back', 'usage'],
      ['a secret that does not exist', 'start-api-key --generate', 'not_found'],
      ['no new value', 'admin-api-key', 'values_invalid'],
    ])('refuses %s', async (_title, command, code) => {
      const ran = await run(command);
      expect(ran.json.error?.code).toBe(code);
      expect(ran.code).toBe(code === 'usage' ? 2 : 1);
    });

    it('only says what it would do with --dry-run, and leaves the service alone with --no-restart', async () => {
      await fixture.service();
      const dry = await run('daily-api-key --dry-run');
      expect(about(dry, DAILY)[0]).toMatchObject({
        status: 'planned',
        text: 'change DAILY_API_KEY; keep DAILY_API_URL, OTHER',
      });
      expect(await fixture.versions(DAILY)).toBe(1);
      await run('daily-api-key --no-restart');
      expect(await fixture.versions(DAILY)).toBe(2);
      expect(asked()).not.toContain('ecs:UpdateService');
    });

    it('says that the value is new and the service is not, when the restart is denied', async () => {
      await fixture.service();
      aws().sandbox.fail('ecs:UpdateService', SERVICE_ERRORS.denied('ecs:UpdateService'));
      const ran = await run('daily-api-key');
      expect(ran.code).toBe(1);
      expect(about(ran, DAILY)[0]).toMatchObject({ status: 'changed' });
      expect(about(ran, SERVICE)[0]).toMatchObject({
        status: 'failed',
        code: 'access_denied',
        fix: expect.stringContaining(
          '"Action":"ecs:UpdateService","Resource":"arn:aws:ecs:eu-north-1:111111111111:service/',
        ) as string,
      });
      aws().sandbox.heal();
      const restart = await run('daily-api-key --restart-only');
      expect(restart.code).toBe(0);
      expect(asked()).toContain('ecs:UpdateService');
    });

    it('A7: keeps the new value when only the time runs out, which proves nothing against it', async () => {
      await fixture.service();
      // The emulator's deployment never ends, so the time for it does.
      const ran = await run('daily-api-key --wait --wait-minutes 0 --poll-seconds 0');
      expect(ran.code).toBe(1);
      expect(about(ran, SERVICE)).toMatchObject([
        { status: 'changed' },
        { status: 'failed', code: 'rollout_pending', fix: 'npm run ops -- monitor --once --environment test' },
      ]);
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.newDailyKey });
      expect(asked().filter((operation) => operation === 'ecs:UpdateService')).toHaveLength(1);
    });

    it('finishes a write that is under way when Ctrl-C comes, and says what is left', async () => {
      await fixture.service();
      const stop = new AbortController();
      const hold = aws().sandbox.hold('secretsmanager:PutSecretValue');
      const running = run('daily-api-key', stop.signal);
      await hold.arrived;
      stop.abort('SIGINT');
      hold.release();
      const ran = await running;
      expect(ran.code).toBe(130);
      expect(ran.json.error).toMatchObject({
        code: 'interrupted',
        message: expect.stringMatching(/^Done: pipecat\/daily-api-key written \(version [0-9a-f-]{36}\)\.$/) as string,
        fix: 'npm run ops -- secrets rotate daily-api-key --restart-only',
      });
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.newDailyKey, OTHER: 'kept' });
    });

    describe('on a service that tells what its tasks do', () => {
      let rollouts: Rollouts;
      /** Deployed, and so proved, with the value before. */
      beforeEach(() => {
        rollouts = new Rollouts({ onRunning: () => undefined });
        rollouts.nowMs = () => Date.now() - 3_600_000;
        rollouts.deploy('bot:1');
        rollouts.nowMs = () => Date.now() + 3_600_000;
        rollouts.describe();
        aws().sandbox.answer({
          'ecs:DescribeServices': () => rollouts.describe(),
          'ecs:UpdateService': (request) => rollouts.update(request),
        });
      });
      const waiting = 'daily-api-key --wait --wait-minutes 1 --poll-seconds 0';
      const value = async (): Promise<unknown> =>
        ((await fixture.get(DAILY)) as Record<string, unknown>)['DAILY_API_KEY'];

      it('A7: after a crash between write and restart the same command restarts, and writes nothing more', async () => {
        aws().sandbox.drop('ecs:UpdateService', 2);
        expect((await run(waiting)).code).toBe(1);
        const ran = await run(waiting);
        expect(about(ran, SERVICE).map(({ status }) => status)).toEqual(['changed', 'ok']);
        expect(await value()).toBe(SECRETS.newDailyKey);
        expect(await fixture.versions(DAILY)).toBe(2);
      });

      it('A7: after such a crash a value that tasks do not start with is taken back, as it would have been', async () => {
        aws().sandbox.drop('ecs:UpdateService', 2);
        expect((await run(waiting)).code).toBe(1);
        expect(await value()).toBe(SECRETS.newDailyKey);
        rollouts.tasks = 'unhealthy';
        const ran = await run(waiting);
        expect(about(ran, SERVICE).at(-1)?.text).toContain(`${DAILY} went back to the value before`);
        expect(await value()).toBe(SECRETS.dailyKey);
      });

      it('A7: a value that has been proved is not taken back for a deployment that fails later', async () => {
        expect((await run(waiting)).code).toBe(0);
        rollouts.tasks = 'unhealthy';
        expect((await run(waiting)).code).toBe(1);
        expect(await value()).toBe(SECRETS.newDailyKey);
      });

      it('A7: what a second operator wrote meanwhile is left to him', async () => {
        rollouts.tasks = 'unhealthy';
        const hold = aws().sandbox.hold('ecs:UpdateService');
        const running = run(waiting);
        await hold.arrived;
        await fixture.put(DAILY, { DAILY_API_KEY: 'of-the-second-operator', DAILY_API_URL: daily.url });
        hold.release();
        const ran = await running;
        expect(ran.code).toBe(1);
        expect(about(ran, SERVICE).at(-1)).toMatchObject({
          status: 'warning',
          text: 'nothing was taken back: somebody else has changed the secret since',
        });
        expect(await value()).toBe('of-the-second-operator');
      });
    });
  });
}
