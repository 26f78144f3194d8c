import { AwsApi } from '../../testbed/fakes/terraform';
import { startTestServer, type TestServer } from '../support/http';
import { SERVICE_ERRORS } from '../../testbed/fakes/aws/faults';
import { FakeCalls } from '../support/fake-call-service';
import type { TestAws } from './support/aws';
import { about, ops, type Ran } from './support/cli';
import { AwsFixture } from './support/aws-fixture';
import { freePort } from '../../testbed/processes/free-port';
import { Project, testSettings } from './support/project';

const SERVICE = 'pipecat-voice-agent-test';
const BUCKET = 'pipecat-voice-agent-test-state-111111111111';
const IMAGE = '111111111111.dkr.ecr.eu-north-1.amazonaws.com/pipecat-voice-agent-test:0.1.0';

export function deploymentSuite(aws: () => TestAws): void {
  describe('a deployment that is looked at', () => {
    let project: Project;
    let fixture: AwsFixture;
    let bot: TestServer;

    beforeAll(async () => {
      project = new Project();
      bot = await startTestServer();
    });
    afterAll(async () => {
      await bot.close();
      project.remove();
    });
    beforeEach(() => {
      fixture = new AwsFixture(aws().motoUrl);
    });
    afterEach(async () => {
      fixture.close();
      await aws().reset();
    });
    const run = (command: string, folder = project.folder): Promise<Ran> => ops(`${command} --json`, { folder });

    describe('monitor', () => {
      it('finds the deployment by its state, and says how it is', async () => {
        await fixture.stateBucket();
        await fixture.serviceState(bot.url);
        await fixture.service();
        await fixture.log([
          {
            stream: 'ecs/pipecat-container/1',
            line: { level: 'info', msg: 'service stats', activeCalls: 3, maxCalls: 10 },
          },
          {
            stream: 'ecs/pipecat-container/2',
            line: { level: 'info', msg: 'service stats', activeCalls: 1, maxCalls: 10 },
          },
          { stream: 'ecs/pipecat-container/2', line: { level: 'info', msg: 'http request' } },
        ]);
        const ran = await run('monitor --once');
        expect(about(ran, '/health')[0]).toMatchObject({ status: 'ok', data: { status: 200, activeCalls: 0 } });
        expect(about(ran, '/ready')[0]).toMatchObject({ status: 'ok', text: 'takes calls' });
        expect(about(ran, 'calls')[0]).toMatchObject({ data: { activeCalls: 4, maxCalls: 20, tasks: 2 } });
        expect(about(ran, 'errors')[0]).toMatchObject({ status: 'ok', text: 'none' });
        expect(about(ran, SERVICE)[0]?.text).toMatch(/^\d+ of 1 tasks run/);
        expect(ran.code).toBe(0);
      });

      it('groups the errors of the log, with what to do about each', async () => {
        await fixture.log([
          { stream: 'a', line: { level: 'error', msg: 'model failed', code: 'model_throttled' } },
          { stream: 'a', line: { level: 'error', msg: 'model failed', code: 'model_throttled' } },
          { stream: 'b', line: { level: 'fatal', msg: 'the bot could not start', err: { code: 'listen_failed' } } },
          { stream: 'b', line: { level: 'error', msg: 'something odd' } },
          { stream: 'b', line: 'Segmentation fault' },
        ]);
        const ran = await run(`monitor --once --url ${bot.url}`);
        const log = ran.json.findings.filter(({ section }) => section.startsWith('Log'));
        expect(log.map(({ text }) => text.replace(/, last .*/, ''))).toEqual([
          '2 × "model failed" (model_throttled)',
          '1 × "the bot could not start" (listen_failed)',
          '1 × "something odd"',
        ]);
        expect(log[0]?.fix).toBe('docs/errors.md says what to do about model_throttled.');
        expect(log[2]?.fix).toContain(
          'aws logs filter-log-events --region eu-north-1 --log-group-name /ecs/pipecat-voice-agent-test',
        );
      });

      it('tells a bot that is full from one that is not configured, and from none', async () => {
        const calls = new FakeCalls(1);
        await calls.start();
        const full = await startTestServer({ calls });
        const unconfigured = await startTestServer({ env: { TRANSPORT: 'daily' } });
        const broken = await startTestServer({ fault: () => 'An unexpected error: the process is ending.' });
        try {
          const of = (server: TestServer, path: string) =>
            run(`monitor --once --url ${server.url}`).then((ran) => about(ran, path)[0]);
          expect(await of(full, '/ready')).toMatchObject({ status: 'warning', data: { reason: 'full' } });
          expect(await of(unconfigured, '/ready')).toMatchObject({
            status: 'failed',
            data: { reason: 'not_configured' },
          });
          expect(await of(unconfigured, 'environment')).toMatchObject({
            status: 'failed',
            text: 'not set: DAILY_API_KEY',
          });
          expect(await of(broken, '/health')).toMatchObject({ status: 'failed', data: { status: 503 } });
        } finally {
          await Promise.all([full.close(), unconfigured.close(), broken.close()]);
        }
        const none = await run(`monitor --once --url http://127.0.0.1:${await freePort()}`);
        expect(about(none, '/health')[0]).toMatchObject({
          status: 'failed',
          code: 'no_network',
          text: expect.stringContaining('ECONNREFUSED') as string,
        });
      });

      it('looks at the rest when one part is denied, and says that nothing is deployed where nothing is', async () => {
        aws().sandbox.fail('logs:FilterLogEvents', SERVICE_ERRORS.denied('logs:FilterLogEvents'));
        const ran = await run('monitor --once');
        expect(ran.code).toBe(1);
        expect(about(ran, 'log')[0]).toMatchObject({
          code: 'access_denied',
          fix: expect.stringContaining('"logs:FilterLogEvents"') as string,
        });
        expect(about(ran, SERVICE)[0]).toMatchObject({ code: 'not_found', text: 'is not deployed' });
        expect(about(ran, 'url')[0]).toMatchObject({ code: 'not_found' });
      });

      it('looks again and again until Ctrl-C', async () => {
        const stop = new AbortController();
        const running = ops(`monitor --every 1 --url ${bot.url}`, { folder: project.folder, signal: stop.signal });
        const looks = (): number =>
          aws().sandbox.requests.filter(({ operation }) => operation === 'ecs:DescribeServices').length;
        while (looks() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
        stop.abort('SIGINT');
        const ran = await running;
        expect(ran.code).toBe(130);
        expect(ran.stdout).toContain('takes calls');
      });
    });

    describe('doctor', () => {
      const examine = (more = ''): Promise<Ran> => run(`doctor --skip-bedrock --skip-daily --skip-tools${more}`);
      const sections = (ran: Ran): string[] => [...new Set(ran.json.findings.map(({ section }) => section))];

      it('has the next step for everything that is not there yet', async () => {
        const ran = await examine();
        expect(ran.code).toBe(1);
        expect(about(ran, BUCKET)[0]).toMatchObject({
          code: 'not_found',
          fix: 'npm run ops -- state bootstrap --environment test',
        });
        expect(about(ran, IMAGE)[0]).toMatchObject({
          code: 'not_found',
          text: expect.stringContaining('no repository') as string,
        });
        expect(about(ran, 'cdktf.out')[0]).toMatchObject({ code: 'not_synthesised', fix: 'npm run synth -- test' });
        expect(about(ran, SERVICE)[0]).toMatchObject({ code: 'not_found' });
        for (const finding of ran.json.findings.filter(({ status }) => status === 'failed'))
          expect(finding.fix).toBeTruthy();
      });

      it('sees bucket, image, service and log where they are', async () => {
        await fixture.stateBucket();
        await fixture.serviceState(bot.url);
        await fixture.image('0.1.0');
        await fixture.service();
        await fixture.log();
        const ran = await examine();
        expect(about(ran, BUCKET).map(({ status }) => status)).toEqual(['ok', 'ok']);
        expect(about(ran, IMAGE)[0]).toMatchObject({ status: 'ok' });
        expect(about(ran, '/ready')[0]).toMatchObject({ status: 'ok' });
        expect(about(ran, 'clock')[0]).toMatchObject({ status: 'ok' });
        expect(about(ran, 'account')[0]).toMatchObject({ status: 'ok' });
      });

      it('says that the image has not been pushed', async () => {
        await fixture.image();
        expect(about(await examine(), IMAGE)[0]).toMatchObject({
          text: expect.stringContaining('CannotPullContainerError') as string,
        });
      });

      it('looks at nothing that a deployment makes with --before-deploy', async () => {
        expect(sections(await examine(' --before-deploy'))).toEqual(['Tools', 'Files', 'AWS in eu-north-1', 'Quotas']);
      });

      it('says that the clock is wrong, which streams would be refused for', async () => {
        aws().sandbox.skewMs = 3_600_000;
        const ran = await examine(' --before-deploy');
        expect(about(ran, 'clock')[0]).toMatchObject({
          status: 'failed',
          code: 'clock_skew',
          text: expect.stringMatching(/^is 3(59\d|60\d) s behind/) as string,
        });
      });

      it('A15: compares the quotas with what the settings ask for, AWS’s own where none was raised', async () => {
        const large = new Project(testSettings({ counts: { min: 2, max: 20 }, task: { cpu: 2048, memoryMb: 4096 } }));
        const look = () => run('doctor --before-deploy --skip-bedrock', large.folder);
        expect(about(await look(), 'quota: vCPUs of Fargate')[0]).toMatchObject({
          status: 'warning',
          text: 'needs 80, 6 of 6 left',
          fix: 'aws service-quotas request-service-quota-increase --region eu-north-1 --service-code fargate --quota-code L-3032A538 --desired-value 80',
        });
        // Every account has a VPC of its own from the first day.
        expect(about(await look(), 'quota: VPCs')[0]).toMatchObject({ status: 'ok', text: 'needs 1, 4 of 5 left' });
        aws().sandbox.fail('ec2:DescribeAddresses', SERVICE_ERRORS.denied('ec2:DescribeAddresses'));
        aws().sandbox.quotas = { 'L-3032A538': 200, 'L-F678F1CE': 1 };
        aws().sandbox.fail('servicequotas:GetAWSDefaultServiceQuota', SERVICE_ERRORS.denied('servicequotas:x'));
        const ran = await look();
        large.remove();
        expect(about(ran, 'quota: vCPUs of Fargate')[0]).toMatchObject({ status: 'ok' });
        expect(about(ran, 'quota: VPCs')[0]).toMatchObject({
          status: 'warning',
          text: 'needs 1, 0 of 1 left',
          fix: expect.stringMatching(/--quota-code L-F678F1CE --desired-value 2$/) as string,
        });
        expect(about(ran, 'quota: NAT gateways of a zone')[0]).toMatchObject({
          status: 'unknown',
          code: 'access_denied',
          text: expect.stringMatching(/^not known, because /) as string,
        });
      });

      it('A15: NAT gateways count by their zone, addresses by the region, what is gone and what is ours not', async () => {
        const api = new AwsApi(aws().motoUrl, 'eu-north-1', '111111111111');
        const subnets = (await api.ask('ec2', 'DescribeSubnets')).list('subnetSet');
        const [one, two] = subnets.map((subnet) => subnet.text('subnetId') ?? '');
        const make = async (SubnetId: string | undefined, environment?: string): Promise<string> => {
          const AllocationId = (await api.ask('ec2', 'AllocateAddress')).text('allocationId');
          const made = await api.ask('ec2', 'CreateNatGateway', { SubnetId, AllocationId });
          const id = made.text('natGateway.natGatewayId') ?? '';
          const tags = { Application: 'pipecat-voice-agent', Environment: environment };
          const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
          if (environment !== undefined) await api.ask('ec2', 'CreateTags', { ResourceId: [id], Tag });
          return id;
        };
        for (const subnet of [one, one, two]) await make(subnet);
        await make(one, 'test');
        const NatGatewayId = await make(one);
        await api.ask('ec2', 'DeleteNatGateway', { NatGatewayId });
        aws().sandbox.quotas = { 'L-FE5A380F': 2, 'L-0263D0A3': 6 };
        const ran = await run('doctor --before-deploy --skip-bedrock');
        expect(about(ran, 'quota: NAT gateways of a zone')[0]).toMatchObject({
          status: 'warning',
          text: 'needs 1, 0 of 2 left',
        });
        expect(about(ran, 'quota: Elastic IP addresses')[0]).toMatchObject({ text: 'needs 1, 1 of 6 left' });
      });

      it('stops at credentials that are no good, because all the rest would only say the same', async () => {
        aws().sandbox.fail('sts:GetCallerIdentity', SERVICE_ERRORS.expired());
        const ran = await examine();
        expect(sections(ran)).toEqual(['Tools', 'Files', 'AWS in eu-north-1']);
        expect(about(ran, 'identity')[0]).toMatchObject({
          code: 'credentials_expired',
          fix: expect.stringContaining('sso') as string,
        });
      });

      it('stops at an account that is not the settings own', async () => {
        const other = new Project(testSettings({ accountId: '222222222222' }));
        const ran = await run('doctor --before-deploy --skip-tools', other.folder);
        other.remove();
        expect(about(ran, 'account')[0]).toMatchObject({ code: 'wrong_account' });
      });

      it('reads .env without showing it, and says what is wrong with it', async () => {
        project.env({ DAILY_API_KEY: 'your-daily-api-key', START_API_KEY: 'long-enough-but-secret' });
        const ran = await examine(' --before-deploy');
        expect(about(ran, 'DAILY_API_KEY')[0]).toMatchObject({
          status: 'failed',
          text: 'is a placeholder, not a value (.env)',
        });
        expect(about(ran, '.env').at(-1)).toMatchObject({ text: 'sets DAILY_API_KEY, START_API_KEY' });
        expect(ran.stdout).not.toContain('long-en');
      });

      it('says which tool is missing and where to get it', async () => {
        const ran = await ops('doctor --before-deploy --skip-bedrock --skip-tools --json', {
          folder: project.folder,
          env: { PATH: '/nonexistent' },
        });
        expect(about(ran, 'terraform')[0]).toMatchObject({
          status: 'failed',
          fix: expect.stringContaining('https://') as string,
        });
        expect(about(ran, 'docker')[0]).toMatchObject({ status: 'warning' });
      });
    });
  });
}
