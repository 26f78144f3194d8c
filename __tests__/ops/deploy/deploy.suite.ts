import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { SERVICE_ERRORS } from '../../../testbed/fakes/aws/faults';
import type { TestAws } from '../support/aws';
import { ops, type Ran } from '../support/cli';
import { Project, testSettings } from '../support/project';
import { SECRETS } from '../support/values';

const AGAIN =
  'npm run ops -- deploy --environment test --region eu-north-1 --image ghcr.io/acme/voice:0.1.0 --yes --json';

interface Line {
  readonly event: string;
  readonly [more: string]: unknown;
}

/** With `--json`, one object a line. */
const linesOf = (output: string): Line[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const lines = ({ stdout }: Ran): Line[] => linesOf(stdout);
const end = (ran: Ran) => lines(ran).at(-1) as unknown as { error: { code: string; message: string; fix: string } };

/** Makes one of the machine's programs the folder's, where there is such a one. */
function linkTool(name: string, folder: string): void {
  const found = (process.env['PATH'] ?? '').split(path.delimiter).find((one) => existsSync(path.join(one, name)));
  if (found !== undefined) symlinkSync(path.join(found, name), path.join(folder, name));
}

/** What `deploy --plan-only --json` of an account that has nothing must say. @param output its lines */
export function checkPlanOnly(output: string): void {
  const [survey, offer, ...rest] = linesOf(output);
  expect(survey).toMatchObject({ event: 'survey', region: 'eu-north-1', accountId: '111111111111' });
  const months = [{ minutes: 0 }, { minutes: 1_000 }, { minutes: 100_000 }];
  expect(offer).toMatchObject({ event: 'offer', months, asks: [] });
  expect(rest.filter(({ status }) => status === 'done')).toMatchObject([{ step: 'settings', changed: false }]);
  const planned = rest.filter(({ status }) => status === 'planned').map(({ step }) => step);
  expect(planned).toEqual(['state', 'foundation', 'secrets', 'image', 'service', 'smoke']);
  const undo = 'npm run ops -- destroy --environment test --region eu-north-1';
  expect(rest.at(-1)).toMatchObject({ event: 'end', ok: true, changed: false, undo });
}

/* What `deploy` and `destroy` refuse before anything is made. What they do is rehearsed with real terraform. */
export function deploySuite(aws: () => TestAws): void {
  describe('U4: deploy and destroy, before anything is done', () => {
    let project: Project;
    beforeEach(() => {
      project = new Project();
      project.env({ DAILY_API_KEY: SECRETS.dailyKey });
    });
    afterEach(() => project.remove());

    const run = (command: string, env: Record<string, string> = {}): Promise<Ran> =>
      ops(command, { folder: project.folder, env: { GITHUB_SHA: 'a'.repeat(40), ...env } });
    const deploy = (more = '--image ghcr.io/acme/voice:0.1.0 --yes --json'): Promise<Ran> =>
      run(`deploy --environment test ${more}`);
    /** Requests that change something. */
    const changes = (): string[] =>
      aws()
        .sandbox.requests.map(({ operation }) => operation)
        .filter((operation) => !/:(Get|List|Describe|Head|Simulate)/.test(operation));

    it('ask nothing with --json, and say how not to ask', async () => {
      const ran = await deploy('--json');
      expect(ran.code).toBe(2);
      expect(lines(ran)).toEqual([
        {
          event: 'end',
          command: 'deploy',
          ok: false,
          exitCode: 2,
          error: expect.objectContaining({ code: 'usage' }) as unknown,
        },
      ]);
      expect((await run('destroy --environment test --json')).code).toBe(2);
    });

    it.each(['--image latest', '--builder make', '--region us-east-1'])('refuse %s', async (option) => {
      project.write('environments/test.json', JSON.stringify(testSettings({ region: 'eu-north-1' })));
      expect([(await deploy(`--yes --json ${option}`)).code, changes()]).toEqual([2, []]);
    });

    it('say of a session that has ended what to type, whole', async () => {
      aws().sandbox.fail('sts:GetCallerIdentity', SERVICE_ERRORS.expired());
      const { error } = end(await deploy());
      expect(error).toMatchObject({ code: 'credentials_expired' });
      expect(error.message).toContain('Nothing was done.');
      expect(error.fix).toContain(`Then: ${AGAIN}`);
    });

    it('refuse credentials of another account, and settings that break a rule', async () => {
      project.write('environments/test.json', JSON.stringify(testSettings({ accountId: '123456789012' })));
      expect(end(await deploy()).error.code).toBe('wrong_account');
      project.write('environments/test.json', JSON.stringify(testSettings({ counts: { min: 3, max: 2 } })));
      const { error } = end(await deploy());
      expect(error.message).toContain('counts.max: must not be below counts.min');
      expect(error.fix).toContain(`Then: ${AGAIN}`);
      expect(changes()).toEqual([]);
    });

    it('stop where the model is not offered or not granted, naming what to do', async () => {
      aws().sandbox.offer = { ...aws().sandbox.offer, hasAgreement: false };
      const { error } = end(await deploy());
      expect(error.code).toBe('access_denied');
      expect(error.message).toMatch(/^model: access: .*Nothing was done\.$/);
      expect(error.fix).not.toBe('');
    });

    it('stop where a key is lacking that nobody can be asked for, before the account has anything', async () => {
      project.env({});
      const ran = await deploy();
      expect(lines(ran).map(({ event }) => event)).toEqual(['survey', 'end']);
      expect(end(ran).error).toMatchObject({
        code: 'values_invalid',
        message: expect.stringMatching(/^DAILY_API_KEY is/) as string,
        fix: expect.stringContaining(`into .env (another file: --env-file PATH).\nThen: ${AGAIN}`) as string,
      });
      expect(changes()).toEqual([]);
    });

    it('U4: stop where the image cannot be had, before the account has anything', async () => {
      project.write('package.json', JSON.stringify({ version: '0.1.0' }));
      const bin = path.join(project.folder, 'bin');
      mkdirSync(bin);
      for (const tool of ['terraform', 'git', 'npm']) linkTool(tool, bin);
      const bare = await run('deploy --environment test --yes --json', { PATH: bin });
      expect(lines(bare).map(({ event }) => event)).toEqual(['survey', 'end']);
      expect(end(bare).error).toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(/^image: there is nothing here that builds it: .*Nothing was done\.$/) as string,
        fix: expect.stringMatching(
          /--image REGISTRY\/NAME:TAG .*\nThen: npm run ops -- deploy --environment test --region eu-north-1 --yes --json$/,
        ) as string,
      });
      const absent = await deploy('--image 0.9.9 --yes --json');
      expect(end(absent).error.message).toMatch(/^image: 0\.9\.9 is not in the environment’s own repository/);
      expect(changes()).toEqual([]);
    });

    it('destroy nothing that is protected, or whose name was not given', async () => {
      expect(end(await run('destroy --environment test --confirm tset --json')).error.code).toBe('refused');
      const protect = {
        secrets: { recoveryWindowDays: 7 },
        logs: { retentionDays: 365 },
        alarms: { email: 'a@b.org' },
      };
      const more = {
        ...{ protected: true, domain: { name: 'v.b.org', hostedZoneId: 'Z0123456789' }, loadBalancer: {} },
        ...{ counts: { min: 2, max: 2 }, network: { kind: 'new', nat: 'per-zone' }, ...protect },
      };
      project.write('environments/test.json', JSON.stringify(testSettings(more)));
      const { error } = end(await run('destroy --environment test --confirm test --json'));
      expect([error.code, error.message]).toEqual(['refused', 'test is protected: nothing of it is destroyed']);
      expect(aws().sandbox.requests).toEqual([]);
    });

    it('find nothing to destroy in an account that has nothing', async () => {
      const ran = await run('destroy --environment test --confirm test --json');
      expect([ran.code, lines(ran)]).toEqual([0, [expect.objectContaining({ event: 'end', changed: false })]]);
    });
  });
}
