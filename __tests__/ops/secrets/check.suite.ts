import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import { DailyRest } from '../../../testbed/fakes/daily/rest';
import type { TestAws } from '../support/aws';
import { about, ops, type Ran } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { Project, testSettings } from '../support/project';
import { SECRETS } from '../support/values';

const DAILY = 'pipecat/daily-api-key';
const START = 'pipecat/start-api-key';
const NOTHING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }],
};
const EXECUTION = 'pipecat-voice-agent-test-execution';

export function secretsCheckSuite(aws: () => TestAws): void {
  describe('secrets check', () => {
    let project: Project;
    let fixture: AwsFixture;
    let daily: DailyRest;

    beforeAll(async () => {
      daily = await DailyRest.start({ apiKeys: [SECRETS.dailyKey] });
      project = new Project();
      project.synthesise();
      fixture = new AwsFixture(aws().motoUrl);
    });
    afterAll(async () => {
      fixture.close();
      await aws().reset();
      await daily.close();
      project.remove();
    });
    /** False after a test that harms more than the two values. */
    let isBuilt = false;
    beforeEach(async () => {
      daily.fault = undefined;
      if (!isBuilt) {
        await aws().reset();
        await fixture.foundation(project);
        isBuilt = true;
      }
      await fixture.put(DAILY, { DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: daily.url });
      await fixture.put(START, { START_API_KEY: SECRETS.startKey });
    });
    const run = (command = 'secrets check --json'): Promise<Ran> => ops(command, { folder: project.folder });
    const role = (ran: Ran, name: string) => about(ran, `${EXECUTION} → ${name}`)[0];

    it('finds all well after the foundation and secrets setup', async () => {
      const ran = await run();
      expect(ran.json.findings.filter(({ status }) => !['ok', 'skipped'].includes(status))).toEqual([]);
      expect(ran.code).toBe(0);
      expect(about(ran, 'DAILY_API_KEY').map(({ text }) => text)).toEqual([
        `looks right (${DAILY} : DAILY_API_KEY)`,
        `${new URL(daily.url).host} takes it; 0 rooms`,
      ]);
      expect(role(ran, DAILY)).toMatchObject({ status: 'ok', text: 'may read it' });
      expect(about(ran, 'configuration')[0]?.text).toContain(
        'the bot would start: daily, amazon.nova-2-5-sonic in eu-north-1',
      );
    });

    it.each<[string, Record<string, unknown> | string, string, string]>([
      ['a key that is missing', { DAILY_API_URL: 'x' }, 'secret_key_missing', 'did not contain json key DAILY_API_KEY'],
      ['text that is no JSON', 'just-a-key', 'secret_not_json', 'is not a JSON object'],
      [
        'a placeholder',
        { DAILY_API_KEY: 'your-daily-api-key', DAILY_API_URL: 'https://api.daily.co/v1' },
        'values_invalid',
        'is a placeholder',
      ],
      [
        'blanks inside',
        { DAILY_API_KEY: 'two words', DAILY_API_URL: 'https://api.daily.co/v1' },
        'values_invalid',
        'must be visible ASCII',
      ],
      ['an object', { DAILY_API_KEY: { a: 1 }, DAILY_API_URL: 'https://api.daily.co/v1' }, 'secret_not_json', 'Go map'],
    ])('names %s', async (_title, value, code, text) => {
      await fixture.put(DAILY, value);
      const ran = await run('secrets check --skip-daily --json');
      expect(ran.code).toBe(1);
      expect(about(ran, 'DAILY_API_KEY')[0]).toMatchObject({
        status: 'failed',
        code,
        text: expect.stringContaining(text) as string,
      });
    });

    it('names a secret without a value, one that is gone and one that is being deleted', async () => {
      isBuilt = false;
      await fixture.secrets.send(new DeleteSecretCommand({ SecretId: START, ForceDeleteWithoutRecovery: true }));
      await fixture.secrets.send(new DeleteSecretCommand({ SecretId: DAILY, RecoveryWindowInDays: 7 }));
      const ran = await run();
      expect(about(ran, 'START_API_KEY')[0]).toMatchObject({
        code: 'not_found',
        text: expect.stringContaining('eu-north-1') as string,
      });
      expect(about(ran, 'DAILY_API_KEY')[0]).toMatchObject({ code: 'scheduled_for_deletion' });
    });

    it('says in which region it looked when the secrets are in another', async () => {
      const ran = await run('secrets check --region us-west-2 --json');
      expect(ran.code).toBe(1);
      expect(about(ran, 'DAILY_API_KEY')[0]).toMatchObject({
        code: 'not_found',
        text: expect.stringContaining('in us-west-2') as string,
        fix: expect.stringContaining('--region') as string,
      });
    });

    it('does not take the word of a key that Daily refuses', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: SECRETS.newDailyKey, DAILY_API_URL: daily.url });
      const ran = await run();
      expect(ran.code).toBe(1);
      expect(about(ran, 'DAILY_API_KEY')[1]).toMatchObject({
        code: 'credentials_refused',
        text: 'Daily does not accept DAILY_API_KEY (authentication-error)',
      });
    });

    it.each<[number, string, string]>([
      [429, 'rate-limit-error', 'throttled'],
      [403, 'forbidden-error', 'access_denied'],
      [500, 'server-error', 'service_unavailable'],
    ])('tells what Daily means by %d', async (status, error, code) => {
      daily.fault = { status, error, info: 'debug only' };
      expect(about(await run(), 'DAILY_API_KEY')[1]).toMatchObject({ status: 'failed', code });
    });

    it('says that Daily cannot be reached', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: 'http://127.0.0.1:9/v1' });
      expect(about(await run(), 'DAILY_API_KEY')[1]).toMatchObject({ status: 'failed', code: 'no_network' });
    });

    it('prints the statement that a role lacks', async () => {
      isBuilt = false;
      await fixture.putRolePolicy(EXECUTION, EXECUTION, JSON.stringify(NOTHING));
      const ran = await run();
      expect(role(ran, DAILY)).toMatchObject({
        status: 'failed',
        code: 'access_denied',
        text: expect.stringContaining('do not allow') as string,
      });
      expect(role(ran, DAILY)?.fix).toMatch(
        /"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:.*daily-api-key-\w{6}"/,
      );
    });

    it('notices that the role may read the secret and not use its key', async () => {
      const policy = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
      };
      isBuilt = false;
      await fixture.putRolePolicy(EXECUTION, EXECUTION, JSON.stringify(policy));
      expect(role(await run(), DAILY)).toMatchObject({
        status: 'failed',
        fix: expect.stringContaining('kms:Decrypt') as string,
      });
    });

    it("notices that the secret's own policy shuts the role out", async () => {
      const other = new Project(testSettings({ secrets: { readAtRuntime: true } }));
      other.synthesise();
      const ran = await ops('secrets check --json', { folder: other.folder });
      other.remove();
      expect(role(ran, DAILY)).toMatchObject({ status: 'ok' });
      const task = about(ran, `pipecat-voice-agent-test-task → ${DAILY}`)[0];
      expect(task).toMatchObject({ status: 'failed', code: 'access_denied' });
    });

    it('says what it could not look at where the caller may not simulate policies', async () => {
      aws().sandbox.fail('iam:SimulatePrincipalPolicy', {
        ...SERVICE_ERRORS.denied('iam:SimulatePrincipalPolicy'),
        status: 403,
        code: 'AccessDenied',
      });
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(role(ran, DAILY)).toMatchObject({
        status: 'unknown',
        text: expect.stringContaining('you may not iam:SimulatePrincipalPolicy') as string,
      });
    });

    it('U8: says what it could not look at where this AWS has no simulator, and goes on', async () => {
      aws().sandbox.fail('iam:SimulatePrincipalPolicy', {
        status: 501,
        code: 'NotImplemented',
        message: 'The requested operation is not implemented.',
      });
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(role(ran, DAILY)).toMatchObject({
        status: 'unknown',
        text: expect.stringContaining('not known, because') as string,
      });
    });

    it('tells an operator whom the secret itself shuts out how to get in', async () => {
      aws().sandbox.fail(
        'secretsmanager:GetSecretValue',
        SERVICE_ERRORS.deniedByPolicy('secretsmanager:GetSecretValue'),
      );
      const ran = await run();
      expect(ran.code).toBe(1);
      expect(about(ran, 'START_API_KEY')[0]).toMatchObject({
        code: 'access_denied',
        fix: expect.stringContaining('secrets.operatorArns') as string,
      });
    });

    it('asks to synthesise first', async () => {
      const empty = new Project();
      const ran = await ops('secrets check', { folder: empty.folder });
      empty.remove();
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('→ npm run synth -- test');
    });
  });
}
