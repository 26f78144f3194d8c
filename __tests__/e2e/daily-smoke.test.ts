import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../ops/cli/run-cli';
import { localDaily, type LocalDaily } from '../../testbed/fakes/daily/local-bot';
import { startFakeDaily, type FakeDaily } from '../../testbed/fakes/daily/server';
import { eventually } from '../support/eventually';

describe('npm run ops -- daily check', () => {
  let daily: FakeDaily;
  let local: LocalDaily;
  /** A project of its own: whoever runs the tests may have a key in theirs. */
  let folder: string;

  beforeAll(async () => {
    const { buildDailyPage } = await import('../../scripts/build-daily-page.mjs');
    folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-ops-'));
    [daily] = await Promise.all([startFakeDaily(), buildDailyPage({ outDir: path.join(folder, 'dist/daily-page') })]);
    local = await localDaily(daily);
    writeFileSync(path.join(folder, '.env'), `DAILY_API_KEY=${daily.apiKey}\n`);
    writeFileSync(path.join(folder, 'wrong.env'), 'DAILY_API_KEY=another-key-0123456789\n');
  });

  afterEach(() => daily.faults.clear());

  afterAll(async () => {
    local.remove();
    rmSync(folder, { recursive: true });
    await daily.close();
  });

  async function check(
    flags: readonly string[] = [],
    { signal = new AbortController().signal, project = folder } = {},
  ): Promise<{ code: number; output: string }> {
    const env = { ...local.environment, DAILY_API_KEY: undefined };
    let output = '';
    const code = await runCli(['daily', 'check', ...flags], {
      env,
      folder: project,
      signal,
      stdout: (text) => (output += text),
      stderr: (text) => (output += text),
    });
    expect(output).not.toMatch(/sandbox-daily-api-key|another-key|va-[0-9a-f]{6}-|eyJ/);
    return { code, output };
  }

  it('takes the key from .env, makes a room, hears itself both ways, and leaves nothing', async () => {
    const { code, output } = await check();
    expect(output).toMatch(/sound.* ms and \d+ ms each way/);
    expect(output).toMatch(/messages.* ms and \d+ ms each way/);
    expect(code).toBe(0);
    expect(daily.rooms).toEqual([]);
    expect(daily.connections).toBe(0);
  });

  it('says what is wrong with a key, and exits with a failure', async () => {
    const { code, output } = await check(['--env-file', 'wrong.env']);
    expect(output).toContain('The Daily API key is refused');
    expect(code).toBe(1);
  });

  it('says that the call machine does not load, for a script to read, and takes the room away', async () => {
    daily.faults.bundle = 'fails';
    const { code, output } = await check(['--json']);
    expect(JSON.parse(output)).toMatchObject({ ok: false, findings: [{ data: { error: 'daily_unavailable' } }] });
    expect(code).toBe(1);
    expect(daily.rooms).toEqual([]);
  });

  it('is interrupted at once, and takes the room away', async () => {
    daily.faults.joinHangs = true;
    const asked = new AbortController();
    const checked = check([], { signal: asked.signal });
    await eventually(() => daily.connections === 2, 'both wait to be let in');
    asked.abort();
    const { code, output } = await checked;
    expect(output).toContain('The room is taken away');
    expect(code).toBe(130);
    expect(daily.rooms).toEqual([]);
  });

  it('says what to do where nothing is built', async () => {
    const bare = mkdtempSync(path.join(tmpdir(), 'voice-agent-ops-'));
    const flags = ['--env-file', path.join(folder, '.env')];
    const { code, output } = await check(flags, { project: bare });
    rmSync(bare, { recursive: true });
    expect(output).toContain('npm run build');
    expect(code).toBe(1);
  });
});
