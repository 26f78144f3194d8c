import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Another WebRTC stack, made ready to call: the program, and its arguments before those of the call. */
export interface Stack {
  readonly name: string;
  readonly calls: readonly string[];
  readonly command: readonly [program: string, ...args: string[]];
}

/** Built programs and installed packages are kept here from one run to the next. */
const CACHE = path.join(tmpdir(), 'voice-agent-interop-webrtc');
const BUILD_WITHIN_MS = 150_000;
const PYTHON = process.env['PYTHON'] ?? 'python3';

/** @returns the stack, or in words why it cannot be had here */
export async function preparePion(): Promise<Stack | string> {
  const program = path.join(CACHE, 'pion-call');
  mkdirSync(CACHE, { recursive: true });
  const failure = await tried('go', ['build', '-o', program, '.'], path.join(__dirname, 'pion'));
  if (failure !== undefined) return `no Go, or its modules cannot be had: ${failure}`;
  return { name: 'pion', calls: ['browser', 'label', 'sendonly', 'recvonly', 'ice-lite'], command: [program] };
}

/** @returns the stack, or in words why it cannot be had here */
export async function prepareAiortc(): Promise<Stack | string> {
  const folder = path.join(CACHE, 'python');
  const python = path.join(folder, 'bin', 'python');
  const requirements = path.join(__dirname, 'requirements.txt');
  const failure =
    (await tried(PYTHON, ['-m', 'venv', folder])) ??
    (await tried(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--requirement', requirements]));
  if (failure !== undefined) return `no Python 3, or aiortc cannot be had: ${failure}`;
  const program = path.join(__dirname, 'aiortc_call.py');
  return { name: 'aiortc', calls: ['browser', 'label', 'sendonly', 'recvonly'], command: [python, program] };
}

/** The last line of what went wrong, if anything did. */
async function tried(program: string, args: readonly string[], cwd?: string): Promise<string | undefined> {
  try {
    await run(program, args, {
      timeout: BUILD_WITHIN_MS,
      killSignal: 'SIGKILL',
      ...(cwd === undefined ? {} : { cwd }),
    });
    return undefined;
  } catch (error) {
    return String(error).trim().split('\n').at(-1);
  }
}
