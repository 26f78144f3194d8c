import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import { startFakeBedrock, type Fault, type FakeBedrock } from '../../../testbed/fakes/bedrock/server';
import type { TestAws } from '../support/aws';
import { about, ops, type Ran } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { eventually } from '../../support/eventually';
import { Project, testSettings } from '../support/project';

const TASK_ROLE = 'pipecat-voice-agent-test-task';
const MODEL_ARN = 'arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-2-5-sonic';
const STATEMENT = `{"Effect":"Allow","Action":["bedrock:InvokeModel","bedrock:InvokeModelWithBidirectionalStream"],"Resource":"${MODEL_ARN}"}`;

export function bedrockCheckSuite(aws: () => TestAws): void {
  describe('bedrock check', () => {
    let project: Project;
    let fixture: AwsFixture;
    let sonic: FakeBedrock;

    beforeAll(async () => {
      project = new Project();
      project.synthesise();
      fixture = new AwsFixture(aws().motoUrl);
      await fixture.foundation(project);
      sonic = await startFakeBedrock({ voice: 'tone' });
    });
    afterAll(async () => {
      fixture.close();
      await aws().reset();
      await sonic.close();
      project.remove();
    });
    afterEach(() => sonic.clearFaults());
    const run = (more = ''): Promise<Ran> =>
      ops(`bedrock check --endpoint ${sonic.url} --json${more}`, { folder: project.folder });

    it('asks what is offered and granted, and then speaks with the model', async () => {
      const ran = await run();
      expect(ran.json.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(ran.code).toBe(0);
      expect(ran.json.findings.map(({ subject }) => subject)).toEqual([
        'identity',
        'offer',
        'access',
        'task role',
        'stream',
        'answer',
        'hearing',
      ]);
      const { textMs, audioMs, heardMs } = about(ran, 'answer')[0]!.data as Record<string, number>;
      expect(textMs).toBeGreaterThan(0);
      expect(audioMs).toBeGreaterThan(0);
      expect(heardMs).toBeGreaterThanOrEqual(500);
      const session = sonic.sessions.at(-1);
      expect(session?.violations).toEqual([]);
      expect(await session?.ended).toEqual({ kind: 'completed' });
      // The model heard what was said: a second and a half of it is no silence.
      expect(session?.heardPcm16k().some((sample) => Math.abs(sample) > 3_000)).toBe(true);
      await eventually(() => sonic.connections === 0, 'no connection is left', 30_000);
    });

    it('names a region that does not offer the model, and those that do, without opening a stream', async () => {
      const before = sonic.sessions.length;
      const ran = await run(' --region eu-west-1');
      expect(ran.code).toBe(1);
      expect(about(ran, 'offer')[0]).toMatchObject({
        code: 'not_found',
        text: 'eu-west-1 does not offer amazon.nova-2-5-sonic',
      });
      expect(about(ran, 'offer')[0]?.fix).toContain(
        'us-east-1, us-west-2, eu-north-1, ap-northeast-1 (as read on 27 November 2026)',
      );
      expect(sonic.sessions.length).toBe(before);
    });

    it.each([
      ['may not be asked', SERVICE_ERRORS.denied('bedrock:GetFoundationModelAvailability')],
      ['is not known to this AWS', { status: 501, code: 'NotImplemented', message: 'Not implemented.' }],
    ])('U8: speaks with the model all the same where its availability %s', async (_what, error) => {
      aws().sandbox.fail('bedrock:GetFoundationModelAvailability', error);
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(about(ran, 'offer')[0]).toMatchObject({
        status: 'unknown',
        text: expect.stringMatching(/^not known, because /) as string,
      });
      expect(about(ran, 'answer')[0]).toMatchObject({ status: 'ok' });
    });

    it('names a model that there is not', async () => {
      const ran = await run(' --model amazon.nova-sonic-v9:0');
      expect(about(ran, 'offer')[0]).toMatchObject({
        code: 'not_found',
        text: 'eu-north-1 knows no amazon.nova-sonic-v9:0',
      });
    });

    it('tells access that was not granted from a permission that is missing', async () => {
      const { offer } = aws().sandbox;
      aws().sandbox.offer = { ...offer, hasAgreement: false };
      expect(about(await run(), 'access')[0]).toMatchObject({
        code: 'access_denied',
        fix: expect.stringContaining('Model access') as string,
      });
      aws().sandbox.offer = { ...offer, isAuthorized: false };
      expect(about(await run(), 'access')[0]?.fix).toContain(STATEMENT);
    });

    it('says which of the two actions the tasks lack, where the foundation is an older one', async () => {
      const older = { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: MODEL_ARN };
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: [older] });
      await fixture.putRolePolicy(TASK_ROLE, TASK_ROLE, policy);
      const ran = await run();
      expect(ran.code).toBe(1);
      expect(about(ran, 'task role')[0]).toMatchObject({
        status: 'failed',
        code: 'access_denied',
        text: 'its policies do not allow bedrock:InvokeModelWithBidirectionalStream on amazon.nova-2-5-sonic in eu-north-1',
        fix: expect.stringContaining('Apply the foundation again') as string,
      });
    });

    it('knows tasks without a role of their own, and that there is no role yet', async () => {
      const elsewhere = new Project(testSettings({ secrets: { useStaticCredentials: true } }));
      const ran = await ops(`bedrock check --endpoint ${sonic.url} --json`, { folder: elsewhere.folder });
      expect(about(ran, 'task role')[0]).toMatchObject({ status: 'skipped' });
      elsewhere.remove();
      await aws().reset();
      const early = await run();
      expect(about(early, 'task role')[0]).toMatchObject({
        status: 'skipped',
        text: expect.stringContaining('none yet') as string,
      });
      expect(early.code).toBe(0);
    });

    it('says which credentials are no good before anything else', async () => {
      aws().sandbox.fail('sts:GetCallerIdentity', SERVICE_ERRORS.expired());
      const ran = await run();
      expect(ran.json.findings).toMatchObject([{ subject: 'identity', code: 'credentials_expired' }]);
    });

    /* What only the stream itself can tell. */
    const refusals: readonly [string, Fault, string, RegExp][] = [
      [
        'a missing permission',
        {
          kind: 'http-error',
          status: 403,
          type: 'AccessDeniedException',
          message:
            'User: arn:aws:sts::111111111111:assumed-role/bot/1 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-2-5-sonic because no identity-based policy allows the bedrock:InvokeModel action',
        },
        'access_denied',
        new RegExp(STATEMENT.replaceAll(/[{}[\].*]/g, '\\$&')),
      ],
      ['access that was not granted', { kind: 'http-error', status: 403 }, 'access_denied', /Model access/],
      [
        'an expired token',
        {
          kind: 'http-error',
          status: 403,
          type: 'ExpiredTokenException',
          message: 'The security token included in the request is expired',
        },
        'credentials_expired',
        /aws sso login/,
      ],
      [
        'a wrong clock',
        {
          kind: 'http-error',
          status: 403,
          type: 'InvalidSignatureException',
          message:
            'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z (20260101T010500Z - 5 min.)',
        },
        'clock_skew',
        /NTP/,
      ],
      [
        'a region without the model',
        {
          kind: 'http-error',
          status: 400,
          type: 'ValidationException',
          message: 'The provided model identifier is invalid.',
        },
        'not_found',
        /us-east-1, us-west-2, ap-northeast-1 \(as read on/,
      ],
      ['throttling', { kind: 'http-error', status: 429 }, 'throttled', /Wait/],
      ['a peer that speaks no HTTP/2', { kind: 'http1-peer' }, 'no_network', /^$/],
    ];
    it.each(refusals)('names %s', async (_title, fault, code, fix) => {
      sonic.failNext(fault);
      const ran = await run(' --stream-only');
      expect(ran.code).toBe(1);
      expect(about(ran, 'stream')[0]).toMatchObject({ status: 'failed', code });
      expect(about(ran, 'stream')[0]?.fix ?? '').toMatch(fix);
      await eventually(() => sonic.connections === 0, 'no connection is left', 30_000);
    });

    it('says that nothing listens, and that the region is another', async () => {
      const nobody = await ops('bedrock check --stream-only --endpoint http://127.0.0.1:9 --json', {
        folder: project.folder,
      });
      expect(about(nobody, 'stream')[0]).toMatchObject({
        code: 'no_network',
        text: expect.stringContaining('127.0.0.1:9') as string,
      });
      const elsewhere = await run(' --stream-only --region us-east-1');
      expect(about(elsewhere, 'stream')[0]).toMatchObject({ code: 'region_unknown' });
    });

    it('stops at once at Ctrl-C, and leaves no stream behind', async () => {
      const stop = new AbortController();
      const count = sonic.sessions.length;
      const running = ops(`bedrock check --stream-only --endpoint ${sonic.url}`, {
        folder: project.folder,
        signal: stop.signal,
      });
      await sonic.waitForSession((session) => session === sonic.sessions[count]);
      stop.abort('SIGINT');
      const ran = await running;
      expect(ran.code).toBe(130);
      expect(ran.stderr).toBe('bedrock check interrupted: Nothing was changed.\n');
      await sonic.sessions[count]?.ended;
      await eventually(() => sonic.connections === 0, 'no connection is left', 30_000);
    });
  });
}
