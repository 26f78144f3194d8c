import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIALECTS } from '../../testbed/fakes/bedrock/behaviours';
import { EXIT_MACHINE_BUSY } from '../../testbed/programs/demo/options';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');

/** As a newcomer runs it, but for `--once`, which ends it after the call. */
describe('npm run demo', () => {
  const recordings = mkdtempSync(join(tmpdir(), 'voice-agent-demo-'));
  afterAll(() => rmSync(recordings, { recursive: true, force: true }));

  it.each(Object.keys(DIALECTS))(
    'places a whole spoken call on the %s dialect, finds nothing wrong with it, and keeps what both sides heard',
    async (dialect) => {
      const folder = join(recordings, dialect);
      const options = ['--once', '--json', '--port', '0', '--recordings', folder, '--dialect', dialect];
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
    },
    180_000,
  );

  it('says in one line what is wrong with an option', async () => {
    const failure = run(process.execPath, ['--import', 'tsx', 'testbed/programs/demo/main.ts', '--port', 'x'], {
      cwd: ROOT,
    });
    await expect(failure).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^--port must be .*\n$/) as string,
    });
  }, 30_000);
});
