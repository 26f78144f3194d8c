import path from 'node:path';
import { buildBot } from '../../sandbox/demo/build-bot';
import { startSonicSandbox, type SonicSandbox } from '../../sandbox/sonic/server';
import { describeWithAws } from '../ops/support/aws';
import { about, ops } from '../ops/support/cli';
import { Estate } from '../ops/support/estate';
import { freePort } from '../ops/support/free-port';
import { Project } from '../ops/support/project';
import { SECRETS } from '../ops/support/values';

const PROGRAM = path.join(__dirname, '../../dist/bot/main.js');

/* The built bot in a process of its own, with its secrets from the emulator, the sandbox for a model, a real call. */
describeWithAws('rehearse', (aws) => {
  let project: Project;
  let estate: Estate;
  let sonic: SonicSandbox;

  beforeAll(async () => {
    await buildBot();
    sonic = await startSonicSandbox({ region: 'us-east-1' });
    project = new Project();
    project.synthesise();
  }, 60_000);
  afterAll(async () => {
    await sonic.close();
    project.remove();
  });
  beforeEach(async () => {
    estate = new Estate(aws().motoUrl);
    await estate.foundation(project);
    await estate.put('pipecat/daily-api-key', {
      DAILY_API_KEY: SECRETS.dailyKey,
      DAILY_API_URL: 'http://127.0.0.1:9/v1',
    });
    await estate.put('pipecat/start-api-key', { START_API_KEY: SECRETS.startKey });
  });
  afterEach(() => estate.close());

  it('starts the bot as ECS would, calls it, and stops it with the call on the line', async () => {
    const port = await freePort();
    const command = `rehearse --program ${PROGRAM} --endpoint ${sonic.url} --port ${port} --json`;
    const ran = await ops(command, { folder: project.folder });
    expect(ran.json.error).toBeUndefined();
    expect(ran.json.findings.filter(({ status }) => !['ok', 'skipped'].includes(status))).toEqual([]);
    expect(ran.code).toBe(0);
    expect(ran.json.findings.map(({ section, subject }) => `${section}: ${subject}`)).toEqual([
      'Not as on ECS: HOST',
      'Not as on ECS: FAST_API_PORT',
      'Not as on ECS: TRANSPORT',
      'Not as on ECS: WEBRTC_BIND_ADDRESS',
      'Not as on ECS: BEDROCK_ENDPOINT_URL',
      'Not as on ECS: credentials',
      ...(process.getuid?.() === 0 || process.getuid?.() === 1000 ? [] : ['Not as on ECS: user']),
      'Not as on ECS: container',
      'Start: /health',
      'Start: health check',
      'Start: /ready',
      'A call: connected',
      'A call: greeting',
      'A call: answer',
      'Stop: still healthy',
      'Stop: no new calls',
      'Stop: drain',
      'Stop: log',
    ]);
    const { drainMs } = about(ran, 'drain')[0]?.data as { drainMs: number };
    expect(drainMs).toBeLessThan(10_000);
    // The bot spoke with the sandbox, and heard what the caller said.
    expect(sonic.sessions.at(-1)?.violations).toEqual([]);
    expect(
      sonic.sessions
        .at(-1)
        ?.heardPcm16k()
        .some((sample) => Math.abs(sample) > 1_000),
    ).toBe(true);
  }, 60_000);
});
