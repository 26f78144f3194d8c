import path from 'node:path';
import { buildBot } from '../../testbed/processes/build-bot';
import { DailyRest } from '../../testbed/fakes/daily/rest';
import { startFakeBedrock, type FakeBedrock } from '../../testbed/fakes/bedrock/server';
import { describeWithAws } from '../ops/support/aws';
import { about, ops, type Ran } from '../ops/support/cli';
import { readDocument, shellLines } from '../ops/support/documents';
import { AwsFixture } from '../ops/support/aws-fixture';
import { freePort } from '../../testbed/processes/free-port';
import { Project, testSettings } from '../ops/support/project';
import { SECRETS } from '../ops/support/values';
import { startTestServer, type TestServer } from '../support/http';

const PROGRAM = path.join(__dirname, '../../dist/bot/main.js');
const OPS = 'npm run ops -- ';

/* docs/deploy.md, line by line in its order: the operator's commands as they are written, and in between what Terraform
   would make, put into the emulator by hand from the synthesised stacks (`ops state bootstrap` and terraform itself are tested
   in __tests__/scripts and __tests__/sandbox/terraform). The model is the sandbox, the bot a real process, the call real. */
describeWithAws(
  'the deployment, in the order in which it is documented',
  (aws) => {
    let project: Project;
    let fixture: AwsFixture;
    let sonic: FakeBedrock;
    let daily: DailyRest;
    let deployed: TestServer;
    let port: number;
    const ran = new Map<string, Ran>();

    beforeAll(async () => {
      sonic = await startFakeBedrock({ voice: 'tone' });
      daily = await DailyRest.start({ apiKeys: [SECRETS.dailyKey] });
      deployed = await startTestServer();
      port = await freePort();
      project = new Project(testSettings({ secrets: { operatorArns: ['arn:aws:iam::111111111111:role/operator'] } }));
      fixture = new AwsFixture(aws().motoUrl);
    });
    afterAll(async () => {
      fixture.close();
      await Promise.all([sonic.close(), daily.close(), deployed.close()]);
      project.remove();
    });

    /** What the lines that need Terraform, or are not the operator's, do as far as an emulator goes. */
    const others: Readonly<Record<string, () => unknown>> = {
      'npm ci': () => undefined, // This runs in what it made.
      // All of what follows in one command: __tests__/ops/deploy has its parts.
      'npm run ops -- deploy --environment test': () => undefined,
      'npm run synth -- test': () => project.synthesise(),
      'npm run ops -- state bootstrap --environment test': () => fixture.stateBucket(),
      'npx cdktf-cli@0.21.0 deploy test-foundation': async () => {
        await fixture.foundation(project);
        await fixture.log();
      },
      'cp .env.example .env': () => {
        project.write('.env', readDocument('.env.example'));
        // What the operator then puts in.
        project.env({ DAILY_API_KEY: SECRETS.dailyKey, DAILY_API_URL: daily.url });
      },
      'npm run build': () => buildBot(),
      'npx cdktf-cli@0.21.0 deploy test-service': async () => {
        await fixture.image('0.1.0');
        await fixture.service();
        await fixture.serviceState(deployed.url);
      },
    };

    /** What a test must add: another place for the build, a free port, an end, and no conversation twice. */
    const additions: Readonly<Record<string, () => string>> = {
      'doctor --before-deploy': () => ' --skip-bedrock --skip-tools',
      doctor: () => ' --skip-tools',
      rehearse: () => ` --skip-tools --program ${PROGRAM} --port ${port}`,
      monitor: () => ' --once',
    };

    it('takes an empty account to a deployment that is well', async () => {
      for (const line of shellLines(readDocument('docs/deploy.md'))) {
        const does = others[line];
        if (does !== undefined) {
          await does();
          continue;
        }
        if (!line.startsWith(OPS)) throw new Error(`docs/deploy.md has a line that this test does not know: ${line}`);
        const command = line.slice(OPS.length);
        const addition = additions[command]?.() ?? '';
        const result = await ops(`${command}${addition} --json`, {
          folder: project.folder,
          env: { BEDROCK_ENDPOINT_URL: sonic.url },
        });
        ran.set(command, result);
        expect([line, result.json.error]).toEqual([line, undefined]);
        const failed = result.json.findings.filter(({ status }) => status === 'failed');
        expect([line, failed]).toEqual([line, []]);
        expect([line, result.code]).toEqual([line, 0]);
      }
      expect([...ran.keys()]).toEqual([
        'doctor --before-deploy',
        'costs --environment test',
        'secrets setup --generate-start-key',
        'secrets check',
        'bedrock check',
        'rehearse',
        'doctor',
        'monitor',
      ]);
      const { START_API_KEY: made } = (await fixture.get('pipecat/start-api-key')) as { START_API_KEY: string };
      for (const { stdout, stderr } of ran.values()) expect(stdout + stderr).not.toContain(made.slice(0, 6));
    }, 120_000);

    it('rehearsed the bot as ECS would run it, and called it', async () => {
      const rehearsal = ran.get('rehearse');
      if (rehearsal === undefined) throw new Error('it was not rehearsed');
      expect(rehearsal.json.findings.map(({ section, subject }) => `${section}: ${subject}`)).toEqual([
        'Not as on ECS: HOST',
        'Not as on ECS: FAST_API_PORT',
        'Not as on ECS: TRANSPORT',
        'Not as on ECS: WEBRTC_BIND_ADDRESS',
        'Not as on ECS: BEDROCK_ENDPOINT_URL',
        'Not as on ECS: USAGE_TABLE',
        'Not as on ECS: credentials',
        ...(process.getuid?.() === 0 || process.getuid?.() === 1000 ? [] : ['Not as on ECS: user']),
        'Not as on ECS: container',
        'Not as on ECS: ECS agent',
        'Start: /health',
        'Start: health check',
        'Start: /ready',
        'A call: connected',
        'A call: greeting',
        'A call: answer',
        'A call: protection',
        'Stop: still healthy',
        'Stop: no new calls',
        'Stop: drain',
        'Stop: protection',
        'Stop: log',
      ]);
      const { drainMs } = about(rehearsal, 'drain')[0]!.data as { drainMs: number };
      expect(drainMs).toBeLessThan(10_000);
      for (const session of sonic.sessions) expect(session.violations).toEqual([]);
    });

    it('saw in the end what was deployed', () => {
      const doctor = ran.get('doctor');
      const seen = (doctor?.json.findings ?? []).filter(({ status }) => status === 'ok').map(({ subject }) => subject);
      for (const subject of [
        'identity',
        'clock',
        'account',
        'DAILY_API_KEY',
        'START_API_KEY',
        'answer',
        '/health',
        '/ready',
      ]) {
        expect(seen).toContain(subject);
      }
    });
  },
  ['moto_server', 'terraform'],
);
