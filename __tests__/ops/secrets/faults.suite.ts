import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { ServiceError } from '../../../testbed/fakes/aws/answer';
import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import type { TestAws } from '../support/aws';
import { ops } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { Project } from '../support/project';
import { SECRETS } from '../support/values';

const DAILY = 'pipecat/daily-api-key';
const START = 'pipecat/start-api-key';
const OLD = { DAILY_API_KEY: 'old', DAILY_API_URL: 'https://api.daily.co/v1' };

export function faultsSuite(aws: () => TestAws): void {
  describe('when AWS refuses or is not there', () => {
    let project: Project;
    let fixture: AwsFixture;

    beforeEach(() => {
      project = new Project();
      fixture = new AwsFixture(aws().motoUrl);
      project.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey });
    });
    afterEach(async () => {
      await aws().reset();
      fixture.close();
      project.remove();
    });

    /* Each: nothing is written, the exit code is 1, one line says what and one what to do. */
    const refusals: readonly [string, string, ServiceError, RegExp, RegExp][] = [
      [
        'denied',
        'secretsmanager:DescribeSecret',
        SERVICE_ERRORS.denied('secretsmanager:DescribeSecret'),
        /you may not secretsmanager:DescribeSecret on the secret pipecat\/daily-api-key/,
        /"Action":"secretsmanager:DescribeSecret","Resource":"arn:aws:secretsmanager:eu-north-1:\*:secret:pipecat\/daily-api-key-\?{6}"/,
      ],
      [
        'throttled',
        'secretsmanager:DescribeSecret',
        SERVICE_ERRORS.throttled(),
        /AWS throttles secretsmanager:DescribeSecret/,
        /goes on where it stopped/,
      ],
      [
        'KMS denied on reading',
        'secretsmanager:GetSecretValue',
        SERVICE_ERRORS.kmsDenied(),
        /KMS refuses you the key of the secret pipecat\/daily-api-key/,
        /kms:ViaService":"secretsmanager\.eu-north-1\.amazonaws\.com"/,
      ],
      [
        'a disabled key',
        'secretsmanager:GetSecretValue',
        SERVICE_ERRORS.kmsDisabled(),
        /cannot be used: it is disabled, pending deletion, or gone/,
        /Enable the key/,
      ],
      ['an expired token', 'sts:GetCallerIdentity', SERVICE_ERRORS.expired(), /have expired/, /aws sso login/],
      ['an unknown key', 'sts:GetCallerIdentity', SERVICE_ERRORS.unknownKey(), /does not know these/, /AWS_PROFILE/],
      ['a fault of AWS', 'secretsmanager:DescribeSecret', SERVICE_ERRORS.broken(), /AWS has a fault/, /Try again/],
    ];

    it.each(refusals)('says what %s means, and writes nothing', async (_title, operation, error, says, fix) => {
      await fixture.put(DAILY, OLD);
      aws().sandbox.fail(operation, error);
      const ran = await ops('secrets setup', { folder: project.folder });
      expect(ran.code).toBe(1);
      expect(ran.stdout).toBe('');
      const lines = ran.stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^secrets setup failed: /);
      expect(lines[0]).toMatch(says);
      expect(lines[1]).toMatch(fix);
      expect(await fixture.get(DAILY)).toEqual(OLD);
      expect(await fixture.versions(DAILY)).toBe(1);
    });

    it('tells a KMS refusal on writing, keeps the old value and leaves the rest alone', async () => {
      await fixture.put(DAILY, OLD);
      aws().sandbox.fail('secretsmanager:PutSecretValue', SERVICE_ERRORS.kmsDenied());
      const ran = await ops('secrets setup --json', { folder: project.folder });
      expect(ran.code).toBe(1);
      expect(ran.json.findings.filter(({ section }) => section === 'Secrets')).toMatchObject([
        { subject: DAILY, status: 'failed', code: 'kms_denied' },
        { subject: START, status: 'skipped', text: 'not touched, because of the failure above' },
      ]);
      expect(await fixture.get(DAILY)).toEqual(OLD);
      await expect(fixture.get(START)).rejects.toThrow(/can't find/);
    });

    it('is not put off by being throttled for a moment', async () => {
      aws().sandbox.fail('secretsmanager:CreateSecret', SERVICE_ERRORS.throttled(), 1);
      const ran = await ops('secrets setup', { folder: project.folder });
      expect(ran.code).toBe(0);
      expect(await fixture.versions(DAILY)).toBe(1);
    });

    it('says that there is no network', async () => {
      aws().sandbox.drop('*');
      const ran = await ops('secrets setup --json', { folder: project.folder });
      expect(ran.code).toBe(1);
      expect(ran.json.error).toMatchObject({
        code: 'no_network',
        message: expect.stringContaining('cannot be reached') as string,
      });
    });

    it('says that nothing listens', async () => {
      const ran = await withEndpoint('http://127.0.0.1:9', () =>
        ops('secrets list --json', { folder: project.folder }),
      );
      expect(ran.json.error).toMatchObject({ code: 'no_network' });
    });

    it('says that a host name does not resolve, as that of a region that there is not', async () => {
      const ran = await withEndpoint('http://secretsmanager.xx-nowhere-1.invalid', () =>
        ops('secrets list --region xx-nowhere-1 --json', { folder: project.folder }),
      );
      expect(ran.json.error).toMatchObject({
        code: 'no_network',
        fix: expect.stringContaining('xx-nowhere-1') as string,
      });
    });

    it('says that there are no credentials', async () => {
      const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
      delete process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
      try {
        const ran = await ops('secrets list --json', { folder: project.folder });
        expect(ran.json.error).toMatchObject({ code: 'credentials_missing' });
      } finally {
        process.env['AWS_ACCESS_KEY_ID'] = id;
        process.env['AWS_SECRET_ACCESS_KEY'] = secret;
      }
    });

    it('works with a clock that is an hour wrong, as the SDK corrects it', async () => {
      aws().sandbox.skewMs = 3_600_000;
      const ran = await ops('secrets setup', { folder: project.folder });
      expect(ran.code).toBe(0);
    });

    it('lists what is there, what is not, and what is wrong with it, without reading a value', async () => {
      await fixture.put(DAILY, OLD);
      await fixture.secrets.send(new DeleteSecretCommand({ SecretId: DAILY, RecoveryWindowInDays: 7 }));
      const ran = await ops('secrets list --json', { folder: project.folder });
      expect(ran.code).toBe(1);
      expect(ran.json.findings).toMatchObject([
        {
          subject: DAILY,
          status: 'failed',
          code: 'scheduled_for_deletion',
          fix: expect.stringContaining('restores') as string,
        },
        { subject: START, status: 'failed', code: 'not_found' },
      ]);
      expect(aws().sandbox.requests.map(({ operation }) => operation)).not.toContain('secretsmanager:GetSecretValue');
    });
  });
}

async function withEndpoint<T>(url: string, run: () => Promise<T>): Promise<T> {
  const before = process.env['AWS_ENDPOINT_URL'];
  process.env['AWS_ENDPOINT_URL'] = url;
  try {
    return await run();
  } finally {
    process.env['AWS_ENDPOINT_URL'] = before;
  }
}
