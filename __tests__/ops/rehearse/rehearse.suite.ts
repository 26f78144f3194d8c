import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestAws } from '../support/aws';
import { about, ops, type Ran } from '../support/cli';
import { AwsFixture } from '../support/aws-fixture';
import { eventually } from '../../support/eventually';
import { freePort } from '../../../testbed/processes/free-port';
import { Project } from '../support/project';
import { SECRETS } from '../support/values';

/** A program that listens as the bot does, and otherwise does what `more` says. */
const program = (more = ''): string => `
  const http = require('node:http');
  const { FAST_API_PORT: port, HOST: host } = process.env;
  const server = http.createServer((request, response) => response.writeHead(200).end('{}'));
  process.on('SIGTERM', () => process.exit(0));
  ${more}
  server.listen(Number(port), host);
`;

/* Programs that are not as a bot should be; the bot itself is rehearsed in e2e. */
export function rehearseSuite(aws: () => TestAws): void {
  describe('rehearse, when the bot is not as it should be', () => {
    let project: Project;
    let fixture: AwsFixture;

    beforeAll(() => {
      project = new Project();
      project.synthesise();
      // Nobody waits two minutes for a program that does not go.
      const file = project.path('cdktf.out/stacks/test-service/cdk.tf.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('\\"stopTimeout\\":120', '\\"stopTimeout\\":1'));
    });
    afterAll(() => project.remove());
    beforeEach(async () => {
      fixture = new AwsFixture(aws().motoUrl);
      await fixture.put('pipecat/daily-api-key', {
        DAILY_API_KEY: SECRETS.dailyKey,
        DAILY_API_URL: 'https://api.daily.co/v1',
      });
      await fixture.put('pipecat/start-api-key', { START_API_KEY: SECRETS.startKey });
    });
    afterEach(async () => {
      fixture.close();
      await aws().reset();
    });
    const run = async (source: string, more = '', signal?: AbortSignal): Promise<Ran> => {
      project.write('dist/bot/main.js', source);
      const command = `rehearse --no-call --as-me --skip-tools --port ${await freePort()} --json${more}`;
      return ops(command, { folder: project.folder, ...(signal === undefined ? {} : { signal }) });
    };

    it('gives it the variables and secrets of the task, its health check, and a way out', async () => {
      const wanted = ['DAILY_API_KEY', 'START_API_KEY', 'BEDROCK_REGION', 'MAX_CALLS'];
      const ran = await run(
        program(`for (const name of ${JSON.stringify(wanted)}) if (!process.env[name]) process.exit(3);`),
      );
      expect(ran.json.error).toBeUndefined();
      expect(about(ran, 'health check')[0]).toMatchObject({ status: 'ok' });
      expect(about(ran, 'drain')[0]).toMatchObject({ status: 'ok', data: { exitCode: 0 } });
      expect(ran.code).toBe(0);
    });

    it('gives it nothing of the operator but credentials', async () => {
      process.env['OPERATORS_OWN'] = 'secret-of-the-shell';
      const ran = await run(
        program('if (process.env.OPERATORS_OWN || process.env.AWS_ENDPOINT_URL || process.env.HOME) process.exit(3);'),
      );
      delete process.env['OPERATORS_OWN'];
      expect(ran.json.error).toBeUndefined();
      expect(ran.code).toBe(0);
    });

    it('says why it did not start, in its own words', async () => {
      const line = JSON.stringify({
        level: 'fatal',
        msg: 'the configuration is not valid',
        err: { message: 'MAX_CALLS must be a whole number' },
      });
      const ran = await run(`console.error(${JSON.stringify(line)}); process.exit(78);`);
      expect(ran.code).toBe(1);
      expect(ran.json.error).toMatchObject({
        code: 'bot_failed',
        message:
          'the bot ended before /health answered 200: the configuration is not valid MAX_CALLS must be a whole number',
      });
    });

    it('says that it never became healthy', async () => {
      const ran = await run(
        program(
          'server.removeAllListeners("request"); server.on("request", (_, response) => response.writeHead(503).end());',
        ),
        ' --start-seconds 1',
      );
      expect(ran.json.error?.message).toBe('/health answered 503 for 1 s, not 200: it gave no reason');
    });

    it('says that it does not go when ECS would kill it', async () => {
      const ran = await run(program("process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => undefined);"));
      expect(about(ran, 'drain')[0]).toMatchObject({ status: 'failed', fix: 'Lower DRAIN_SECONDS.' });
      expect(ran.code).toBe(1);
    });

    it('finds a secret in its log, and does not repeat it', async () => {
      const ran = await run(program('console.log("key is " + process.env.DAILY_API_KEY);'), ' --verbose');
      expect(about(ran, 'log')[0]).toMatchObject({ status: 'failed', text: "1 of the bot's lines hold a secret" });
      expect(ran.stderr).toContain('key is [secret]');
    });

    it('leaves nothing running after Ctrl-C', async () => {
      const stop = new AbortController();
      const file = project.path('pid');
      const running = run(
        program(
          `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); server.removeAllListeners('request');`,
        ),
        '',
        stop.signal,
      );
      await eventually(() => existsSync(file), 'the bot has begun', 30_000);
      stop.abort('SIGINT');
      const ran = await running;
      expect(ran.code).toBe(130);
      expect(ran.json.error?.message).toBe('The bot was stopped; nothing was changed.');
      expect(() => process.kill(Number(project.read('pid')), 0)).toThrow('ESRCH');
    });

    it('does not start it without its secrets, nor unbuilt', async () => {
      await fixture.put('pipecat/start-api-key', { OTHER: 'x' });
      const ran = await run(program());
      expect(ran.json.error).toMatchObject({ code: 'secret_key_missing' });
      const unbuilt = await ops('rehearse --program nowhere.js --json', { folder: project.folder });
      expect(unbuilt.json.error).toMatchObject({ code: 'bot_not_built', fix: 'npm run build' });
    });
  });
}
