import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Environments are kept here from one run to the next. */
const CACHE = path.join(tmpdir(), 'voice-agent-interop-python');
const INSTALL_WITHIN_MS = 240_000;
const CHECK = 'import sys; print(sys.executable); sys.exit(0 if sys.version_info >= (3, 12) else 1)';

/** Where a Python is looked for; that of pyenv depends on a variable. */
const CANDIDATES = [
  { program: 'python3' },
  { program: 'python3.13' },
  { program: 'python3.12' },
  { program: 'python3', pyenv: '3.13' },
  { program: 'python3', pyenv: '3.12' },
] as const satisfies readonly { program: string; pyenv?: string }[];

/** @returns the path of a Python 3.12 or later, if there is one */
export async function findPython(): Promise<string | undefined> {
  const named = process.env['PYTHON'];
  const candidates: readonly { program: string; pyenv?: string }[] =
    named === undefined ? CANDIDATES : [{ program: named }];
  for (const { program, pyenv } of candidates) {
    const env = pyenv === undefined ? process.env : { ...process.env, PYENV_VERSION: pyenv };
    try {
      const { stdout } = await run(program, ['-c', CHECK], { env, timeout: 10_000, killSignal: 'SIGKILL' });
      return stdout.trim();
    } catch {
      // Too old, or not there: the next.
    }
  }
  return undefined;
}

/**
 * Makes a virtual environment with what a file beside this one pins; takes seconds when it is there already.
 * @returns its Python, or in words why it cannot be had
 */
export async function prepareEnvironment(
  python: string,
  name: string,
): Promise<{ python: string } | { missing: string }> {
  const folder = path.join(CACHE, name);
  const own = path.join(folder, 'bin', 'python');
  const requirements = path.join(__dirname, `requirements-${name}.txt`);
  const options = { timeout: INSTALL_WITHIN_MS, killSignal: 'SIGKILL' } as const;
  mkdirSync(CACHE, { recursive: true });
  try {
    await run(python, ['-m', 'venv', folder], options);
    await run(own, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], options);
    return { python: own };
  } catch (error) {
    return { missing: String(error).trim().split('\n').at(-1) ?? '' };
  }
}
