import path from 'node:path';
import { runCli } from '../../ops/cli/run-cli';
import { localDaily, type LocalDaily } from '../../sandbox/daily/local-bot';
import { startDailySandbox, type DailySandbox } from '../../sandbox/daily/server';

describe('npm run ops -- daily check', () => {
  let daily: DailySandbox;
  let local: LocalDaily;

  beforeAll(async () => {
    const { buildDailyPage } = await import('../../scripts/build-daily-page.mjs');
    [daily] = await Promise.all([startDailySandbox(), buildDailyPage()]);
    local = await localDaily(daily);
  }, 30_000);

  afterAll(async () => {
    local.remove();
    await daily.close();
  });

  async function check(environment: Record<string, string> = {}): Promise<{ code: number; output: string }> {
    let output = '';
    const code = await runCli(['daily', 'check'], {
      env: { ...local.environment, ...environment },
      folder: path.resolve(__dirname, '../..'),
      signal: new AbortController().signal,
      stdout: (text) => (output += text),
      stderr: (text) => (output += text),
    });
    return { code, output };
  }

  it('makes a room, hears itself both ways, and leaves nothing', async () => {
    const { code, output } = await check();
    expect(output).toMatch(/sound.* ms and \d+ ms each way/);
    expect(output).toMatch(/messages.* ms and \d+ ms each way/);
    expect(code).toBe(0);
    expect(daily.rooms).toEqual([]);
    expect(output).not.toContain(daily.apiKey);
  }, 40_000);

  it('says what is wrong with a key, and exits with a failure', async () => {
    const { code, output } = await check({ DAILY_API_KEY: 'another-key' });
    expect(output).toContain('The Daily API key is refused');
    expect(code).not.toBe(0);
  }, 40_000);
});
