import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { COMMANDS } from '../../ops/commands';
import { checkPlanOnly } from './deploy/deploy.suite';
import { DailyRest } from '../../testbed/fakes/daily/rest';
import { startFakeBedrock, type FakeBedrock } from '../../testbed/fakes/bedrock/server';
import { type FakeTwilio, openTwilio } from '../../testbed/fakes/twilio';
import { recordKey } from '../../contract/call-record';
import { A_CALL_RECORD } from '../support/call-record';
import type { TestAws } from './support/aws';
import { Child } from './support/child';
import { AwsFixture } from './support/aws-fixture';
import { freePort } from '../../testbed/processes/free-port';
import { Project, testSettings } from './support/project';
import type { RanAll } from './support/run-all';
import { leaksIn, SECRETS } from './support/values';

const ROOT = path.join(__dirname, '../..');
const { callId } = A_CALL_RECORD;

/* Every command, with real values in hand: nothing of them in what is printed or logged, in the arguments of any
   process, or in any file. */
export function secrecySuite(aws: () => TestAws): void {
  describe('secrets stay secret', () => {
    let project: Project;
    let fixture: AwsFixture;
    let daily: DailyRest;
    let sonic: FakeBedrock;
    let twilio: FakeTwilio;

    beforeAll(async () => {
      daily = await DailyRest.start({ apiKeys: [SECRETS.dailyKey, SECRETS.newDailyKey] });
      sonic = await startFakeBedrock({ voice: 'tone' });
      twilio = await openTwilio({
        authTokens: [SECRETS.twilioToken],
        apiKeys: [{ sid: `SK${'0'.repeat(32)}`, secret: SECRETS.twilioKeySecret }],
      });
      project = new Project(
        testSettings({
          secrets: { useStaticCredentials: true },
          domain: { name: 'voice.example.org', hostedZoneId: 'Z0123456789ABC' },
          loadBalancer: { waf: false },
          phone: {
            numbers: { '+14155550100': 'assistant' },
            outbound: { from: ['+14155550100'], prefixes: ['+1415'] },
          },
        }),
      );
      project.synthesise();
      // The built bot, with its packages.
      symlinkSync(path.join(ROOT, 'node_modules'), project.path('node_modules'));
      project.write(`kept/${recordKey(A_CALL_RECORD)}`, JSON.stringify(A_CALL_RECORD));
      // Its agents, beside which a command makes another.
      mkdirSync(project.path('agents'));
      symlinkSync(path.join(ROOT, 'contract'), project.path('contract'));
      for (const name of readdirSync(path.join(ROOT, 'agents')))
        symlinkSync(path.join(ROOT, 'agents', name), project.path('agents', name));
      await build({
        absWorkingDir: ROOT,
        entryPoints: ['bot/main.ts'],
        outfile: project.path('dist/bot/main.js'),
        bundle: true,
        platform: 'node',
        packages: 'external',
        logLevel: 'error',
      });
      symlinkSync(path.join(ROOT, 'bot/notices/spoken'), project.path('dist/bot/notices'));
      fixture = new AwsFixture(aws().motoUrl);
      await fixture.foundation(project);
      await fixture.service();
      await fixture.log();
    });
    afterAll(async () => {
      fixture.close();
      await aws().reset();
      await daily.close();
      await sonic.close();
      await twilio.close();
      project.remove();
    });

    it('in no output, log, argument or file of any command', async () => {
      const keys = { DAILY_API_URL: daily.url, START_API_KEY: SECRETS.startKey };
      const access = { AWS_ACCESS_KEY_ID: SECRETS.accessKeyId, AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey };
      const line = { ...twilio.environment, TWILIO_API_URL: '' };
      project.env({ DAILY_API_KEY: SECRETS.dailyKey, ...keys, ...access, ...line });
      project.env({ DAILY_API_KEY: SECRETS.newDailyKey, ...keys }, 'new.env');
      project.write('tmp/.keep', '');
      project.write('api.json', JSON.stringify({ openapi: '3.1.0', paths: { '/pets': { get: {} } } }));
      const commands = [
        'doctor --skip-bedrock --skip-tools --url http://127.0.0.1:1',
        'agent new bakery',
        'agent import openapi api.json --agent bakery',
        `agent notices bakery --only one-moment --endpoint ${sonic.url}`,
        'agent show assistant',
        'agent check --agent assistant',
        'costs --minutes 1000',
        'deploy test --plan-only --json --image 0.1.0',
        'destroy test --plan-only --json',
        'secrets setup --static-credentials --dry-run',
        'secrets setup --static-credentials --json',
        'secrets list',
        'secrets check',
        `bedrock check --stream-only --endpoint ${sonic.url}`,
        'daily check',
        'phone setup --apply --json',
        'phone status --url http://127.0.0.1:1',
        'phone call +14155550123 --variable name=Ada --url http://127.0.0.1:1',
        `rehearse --no-call --as-me --skip-tools --verbose --port ${await freePort()}`,
        'secrets rotate daily-api-key --env-file new.env',
        'secrets rotate daily-api-key --roll-back --json',
        'monitor --once --url http://127.0.0.1:1',
        'eval assistant --scenario greets_once --url http://127.0.0.1:1',
        'calls list --from kept --json',
        `calls show ${callId} --from kept`,
        `calls report ${callId} --from kept`,
        'calls export csv --from kept',
        `calls delete --call ${callId} --confirm yes --from kept`,
        'alarms test --yes',
      ];
      // With terraform in e2e/release.slow.test.ts, state/bootstrap.slow.test.ts and where `deploy` is rehearsed; a probe's files are in bedrock/probe.test.ts.
      const names = COMMANDS.map(({ name }) => name).filter((name) => !/^(release|state) |^bedrock probe$/.test(name));
      expect(names.filter((name) => !commands.some((command) => command.startsWith(name)))).toEqual([]);

      const child = Child.tsx('__tests__/ops/support/run-all.ts', [JSON.stringify(commands)], project.folder, {
        TMPDIR: project.path('tmp'),
        TWILIO_API_URL: twilio.url,
      });
      const { stdout, stderr } = await child.result;
      expect(stderr).toBe('');
      const { ran, spawned } = JSON.parse(stdout) as RanAll;
      expect(ran.map(({ command, code }) => `${command.split(' --')[0] ?? ''} ${code}`)).toEqual([
        'doctor 1',
        'agent new bakery 0',
        'agent import openapi api.json 0',
        'agent notices bakery 0',
        'agent show assistant 0',
        'agent check 0',
        'costs 0',
        'deploy test 0',
        'destroy test 0',
        'secrets setup 0',
        'secrets setup 0',
        'secrets list 0',
        'secrets check 0',
        'bedrock check 0',
        'daily check 1',
        'phone setup 0',
        'phone status 1',
        'phone call +14155550123 1',
        'rehearse 0',
        'secrets rotate daily-api-key 0',
        'secrets rotate daily-api-key 0',
        'monitor 1',
        'eval assistant 3',
        'calls list 0',
        `calls show ${callId} 0`,
        `calls report ${callId} 0`,
        'calls export csv 0',
        'calls delete 0',
        'alarms test 1',
      ]);
      for (const { command, output } of ran) expect([command, ...leaksIn(output)]).toEqual([command]);
      checkPlanOnly(ran.find(({ command }) => command.startsWith('deploy'))?.output ?? '');
      // The bot's log was among it, so there was something to find.
      expect(ran.find(({ command }) => command.startsWith('rehearse'))?.output).toContain('"msg":"listening"');
      expect(spawned.flat()).toContain('dist/bot/main.js');
      for (const args of spawned) expect(leaksIn(args.join(' '))).toEqual([]);
      for (const [file, text] of project.texts()) expect([file, ...leaksIn(text)]).toEqual([file]);
    });
  });
}
