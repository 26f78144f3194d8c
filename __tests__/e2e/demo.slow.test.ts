import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXIT_MACHINE_BUSY } from '../../testbed/programs/demo/options';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');

/** As a newcomer runs it, but for `--once`, which ends it after the call. */
describe('npm run demo', () => {
  const recordings = mkdtempSync(join(tmpdir(), 'voice-agent-demo-'));
  afterAll(() => rmSync(recordings, { recursive: true, force: true }));

  // On the documented dialect, CI has it call.
  it('places a whole spoken call, finds nothing wrong with it, and keeps what both sides heard', async () => {
    const folder = join(recordings, 'whole');
    const options = ['--once', '--json', '--port', '0', '--recordings', folder];
    const args = ['run', '--silent', 'demo', '--', ...options];
    const call = (): Promise<{ stdout: string }> => run('npm', args, { cwd: ROOT, timeout: 80_000 });
    // What a machine that was busy says nothing about is asked once more.
    const again = (error: Error & { code?: unknown }): Promise<{ stdout: string }> =>
      error.code === EXIT_MACHINE_BUSY ? call() : Promise.reject(error);
    const { stdout } = await call()
      .catch(again)
      .catch((error: unknown) => {
        throw new Error(`the demo failed:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
      });
    expect(stdout).toContain('bot     I heard you read from Sense and Sensibility.');
    expect(stdout).toContain('(cut off)');
    expect(stdout).toContain('bot     In Paris, the time zone is Europe/Paris.');
    expect(stdout).toContain('All right.');
    expect(existsSync(join(folder, 'caller-heard.wav'))).toBe(true);
    expect(existsSync(join(folder, 'model-heard.wav'))).toBe(true);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`Report: ${join(folder, 'call.html')}`);
    expect(existsSync(join(folder, 'call.html'))).toBe(true);
  }, 180_000);

  it('D2: Ctrl-C in the middle of a call through Daily leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'voice-agent-demo-'));
    const options = ['--daily', '--port', '0', '--recordings', recordings];
    const demo = spawn(process.execPath, ['--import', 'tsx', 'testbed/programs/demo/main.ts', ...options], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const ours = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('voice-agent-'));
    let told = '';
    let during: string[] = [];
    demo.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (during.length > 0 || !told.includes('bot     ')) return;
      during = ours();
      process.kill(-(demo.pid ?? 0), 'SIGINT');
    });
    const [code] = (await once(demo, 'exit')) as [number];

    // D1: what will happen, before anything does.
    expect(told).toMatch(/^A whole phone call, through a room of Daily's local stand-in, .*: about 45 s/);
    expect(during.length).toBeGreaterThanOrEqual(3);
    expect({ code, left: ours() }).toEqual({ code: 130, left: [] });
    rmSync(temporary, { recursive: true, force: true });
  });

  it('says in one line what is wrong with an option', async () => {
    const failure = run(process.execPath, ['--import', 'tsx', 'testbed/programs/demo/main.ts', '--port', 'x'], {
      cwd: ROOT,
    });
    await expect(failure).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^--port must be .*\n$/) as string,
    });
    const folder = ['--import', 'tsx', 'testbed/programs/demo/main.ts', '--recordings', 'package.json'];
    await expect(run(process.execPath, folder, { cwd: ROOT })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^--recordings package\.json must be a folder .*\n$/) as string,
    });
  });
});
