import { DeleteSecretCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import type { TestAws } from '../support/aws';
import { about, ops, type Ran } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { Project, testSettings } from '../support/project';
import { SECRETS } from '../support/values';

const DAILY = 'pipecat/daily-api-key';
const START = 'pipecat/start-api-key';
const URL = 'https://api.daily.co/v1';

export function setupSuite(aws: () => TestAws): void {
  describe('secrets setup', () => {
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
    const run = (command = 'secrets setup --json', more = {}) => ops(command, { folder: project.folder, ...more });

    it('makes the secrets where there are none, reads them back and prints their ARNs', async () => {
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(await fixture.get(DAILY)).toEqual({ DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: URL });
      expect(await fixture.get(START)).toEqual({ START_API_KEY: SECRETS.startKey });
      const arn = (name: string): string => `^arn:aws:secretsmanager:eu-north-1:111111111111:secret:${name}-\\w{6}$`;
      const arns = ran.json['secretArns'] as Record<string, string>;
      expect(Object.keys(arns)).toEqual([DAILY, START]);
      expect(arns[DAILY]).toMatch(new RegExp(arn(DAILY)));
      expect(arns[START]).toMatch(new RegExp(arn(START)));
      const [done, warning] = about(ran, DAILY);
      expect(done).toMatchObject({
        status: 'changed',
        text: expect.stringContaining('verified by reading it back') as string,
      });
      expect(warning).toMatchObject({ status: 'warning', fix: expect.stringContaining('secrets.mode') as string });
    });

    it('fills the empty containers of the foundation stack', async () => {
      project.synthesise();
      await fixture.foundation(project);
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(about(ran, DAILY)[0]).toMatchObject({ status: 'changed', data: { plan: 'fill' } });
      expect(await fixture.versions(DAILY)).toBe(1);
      expect(await fixture.get(DAILY)).toEqual({ DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: URL });
    });

    it("asks for what agents' tools need, stores it, lists it and rotates it", async () => {
      const [first, second] = ['desk-key-0123456789', 'desk-key-9876543210'];
      const keys = { DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey };
      const served = new Project(testSettings({ agents: ['desk'] }));
      symlinkSync(join(__dirname, '../../../contract'), served.path('contract'));
      served.write(
        'agents/desk/agent.ts',
        `import { defineAgent, http, secret } from '../../contract/agent';
         const headers = { 'x-key': secret('DESK_KEY') };
         export default defineAgent({
           tools: { find: http({ description: 'Finds.', url: 'https://api.desk.example/', headers }) },
         });`,
      );
      const within = (command: string): Promise<Ran> =>
        ops(`${command} --json`, { folder: served.folder, secrets: [first, second] });
      served.env(keys);
      expect((await within('secrets setup')).json.error?.message).toContain('DESK_KEY is not set');
      served.env({ ...keys, DESK_KEY: first });
      expect((await within('secrets setup')).code).toBe(0);
      expect(await fixture.get('pipecat/agent-desk')).toEqual({ DESK_KEY: first });
      expect(about(await within('secrets list'), 'pipecat/agent-desk')[0]).toMatchObject({ status: 'ok' });
      served.env({ ...keys, DESK_KEY: second });
      expect((await within('secrets rotate agent-desk --no-restart')).code).toBe(0);
      expect(await fixture.get('pipecat/agent-desk')).toEqual({ DESK_KEY: second });
      served.remove();
    });

    it('makes no new version when nothing differs', async () => {
      await run();
      const again = await run();
      expect(again.code).toBe(0);
      expect(about(again, DAILY)[0]).toMatchObject({ status: 'ok', data: { plan: 'unchanged' } });
      expect(await fixture.versions(DAILY)).toBe(1);
    });

    it('keeps keys that it does not know, and the value before', async () => {
      await fixture.put(DAILY, {
        DAILY_API_KEY: 'old',
        DAILY_API_URL: URL,
        ROOM_PREFIX: 'mine',
        nested: { deep: [1] },
      });
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(about(ran, DAILY)[0]?.text).toContain('change DAILY_API_KEY; keep DAILY_API_URL, ROOM_PREFIX, nested');
      expect(await fixture.get(DAILY)).toEqual({
        DAILY_API_KEY: SECRETS.dailyKey,
        DAILY_API_URL: URL,
        ROOM_PREFIX: 'mine',
        nested: { deep: [1] },
      });
      expect(await fixture.get(DAILY, 'AWSPREVIOUS')).toMatchObject({ DAILY_API_KEY: 'old' });
    });

    it('makes them with the key that the settings name', async () => {
      const keyArn = 'arn:aws:kms:eu-north-1:111111111111:key/11111111-2222-3333-4444-555555555555';
      const own = new Project(testSettings({ secrets: { mode: 'existing', existingKmsKeyArn: keyArn } }));
      own.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey });
      const ran = await ops('secrets setup --json', { folder: own.folder });
      const listed = await ops('secrets list --json', { folder: own.folder });
      own.remove();
      expect(about(ran, DAILY).map(({ status }) => status)).toEqual(['changed', 'ok']);
      expect(about(listed, DAILY)[0]?.data).toMatchObject({ kmsKeyId: keyArn });
    });

    it('shows what would change, and changes nothing, with --dry-run', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: 'old' });
      const ran = await run('secrets setup --dry-run --json');
      expect(ran.code).toBe(0);
      expect(about(ran, DAILY)[0]).toMatchObject({
        status: 'planned',
        text: 'change DAILY_API_KEY; add DAILY_API_URL',
      });
      expect(about(ran, START)[0]).toMatchObject({ status: 'planned', text: 'make the secret with START_API_KEY' });
      expect(await fixture.get(DAILY)).toEqual({ DAILY_API_KEY: 'old' });
      expect(aws().sandbox.requests.map(({ operation }) => operation)).not.toContain('secretsmanager:CreateSecret');
    });

    it('restores a secret that is scheduled for deletion, and keeps what was in it', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: URL, OTHER: 'kept' });
      await fixture.secrets.send(new DeleteSecretCommand({ SecretId: DAILY, RecoveryWindowInDays: 7 }));
      const ran = await run();
      expect(ran.code).toBe(0);
      expect(about(ran, DAILY)[0]).toMatchObject({ status: 'changed', data: { restored: true, plan: 'unchanged' } });
      expect(await fixture.get(DAILY)).toMatchObject({ OTHER: 'kept' });
    });

    it('stores static credentials when asked to, and from the file alone', async () => {
      project.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey });
      const without = await run('secrets setup --static-credentials --json');
      expect(without.json.error).toMatchObject({
        code: 'values_invalid',
        message: expect.stringContaining('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set') as string,
      });
      project.env({
        DAILY_API_KEY: SECRETS.dailyKey,
        START_API_KEY: SECRETS.startKey,
        AWS_ACCESS_KEY_ID: SECRETS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey,
      });
      const ran = await run('secrets setup --static-credentials --json');
      expect(ran.code).toBe(0);
      expect(await fixture.get('pipecat/aws-credentials')).toEqual({
        AWS_ACCESS_KEY_ID: SECRETS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey,
        AWS_REGION: 'eu-north-1',
      });
      expect(about(ran, 'pipecat/aws-credentials')[1]?.text).toContain('do not have the tasks use it');
    });

    it('makes up a start key if asked, once, and never shows it', async () => {
      project.env({ DAILY_API_KEY: SECRETS.dailyKey });
      const without = await run();
      expect(without.json.error?.message).toBe(`START_API_KEY is not set, and ${START} holds none`);
      await run('secrets setup --generate-start-key --json');
      const { START_API_KEY: made } = (await fixture.get(START)) as { START_API_KEY: string };
      expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const again = await run('secrets setup --generate-start-key', { secrets: [made] });
      expect(again.code).toBe(0);
      expect(await fixture.get(START)).toEqual({ START_API_KEY: made });
    });

    it('takes values from another file, and from the environment where there is no file', async () => {
      project.env({ DAILY_API_KEY: SECRETS.newDailyKey, START_API_KEY: SECRETS.startKey }, 'other.env');
      await run('secrets setup --env-file other.env');
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.newDailyKey });
      const bare = new Project();
      const env = { DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey };
      const ran = await ops('secrets setup --json', { folder: bare.folder, env });
      bare.remove();
      expect(ran.json.error).toBeUndefined();
      expect(about(ran, 'DAILY_API_KEY')[0]?.text).toBe('from the environment');
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.dailyKey });
    });

    it('U7: warns of a name in the file that nobody reads, and of the one that was meant', async () => {
      project.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey, DAILY_APY_URL: 'x' });
      expect(about(await run(), 'DAILY_APY_URL')).toMatchObject([
        { status: 'warning', text: '(from .env) nobody reads; DAILY_API_URL is a name that is read' },
      ]);
    });

    it('writes nothing at all while any value is wrong', async () => {
      project.env({ DAILY_API_KEY: 'your-daily-api-key', START_API_KEY: 'short' });
      const ran = await run();
      expect(ran.code).toBe(1);
      expect(ran.json.error?.message).toBe(
        'DAILY_API_KEY (from .env) is a placeholder, not a value; ' +
          'START_API_KEY (from .env) must be at least 16 visible ASCII characters without a space',
      );
      expect(aws().sandbox.requests).toEqual([]);
    });

    it('refuses a value that is no JSON object rather than lose it, and writes over it with --replace', async () => {
      await fixture.put(DAILY, SECRETS.newDailyKey);
      const refused = await run();
      expect(refused.json.error).toMatchObject({
        code: 'secret_not_json',
        fix: expect.stringContaining('--replace') as string,
      });
      const ran = await run('secrets setup --replace --json');
      expect(ran.code).toBe(0);
      expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.dailyKey });
    });

    it('does not write over a value that it may not read; with --replace it verifies by the version', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: 'old', OTHER: 'x' });
      aws().sandbox.fail(
        'secretsmanager:GetSecretValue',
        SERVICE_ERRORS.deniedByPolicy('secretsmanager:GetSecretValue'),
      );
      const refused = await run();
      expect(refused.json.error).toMatchObject({
        code: 'secret_unreadable',
        fix: expect.stringContaining('operatorArns') as string,
      });
      expect(await fixture.get(DAILY)).toMatchObject({ OTHER: 'x' });
      const ran = await run('secrets setup --replace --json');
      expect(about(ran, DAILY)[0]?.text).toContain('verified by its version');
      expect(await fixture.get(DAILY)).toEqual({ DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: URL });
    });

    it('notices a value that somebody else wrote between reading and writing, and says where theirs is', async () => {
      await fixture.put(DAILY, { DAILY_API_KEY: 'old' });
      const hold = aws().sandbox.hold('secretsmanager:PutSecretValue');
      const running = run();
      await hold.arrived;
      await fixture.secrets.send(
        new UpdateSecretCommand({ SecretId: DAILY, SecretString: '{"DAILY_API_KEY":"theirs"}' }),
      );
      hold.release();
      const ran = await running;
      expect(about(ran, DAILY)[1]).toMatchObject({
        status: 'warning',
        fix: expect.stringContaining('--roll-back') as string,
      });
      expect(await fixture.get(DAILY, 'AWSPREVIOUS')).toEqual({ DAILY_API_KEY: 'theirs' });
    });

    it("refuses to write into another account than the settings'", async () => {
      const other = new Project(testSettings({ accountId: '222222222222' }));
      other.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey });
      const ran = await ops('secrets setup', { folder: other.folder });
      other.remove();
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('secrets setup failed: your credentials are for account 111111111111');
      expect(aws().sandbox.requests.map(({ operation }) => operation)).toEqual(['sts:GetCallerIdentity']);
    });
  });
}
