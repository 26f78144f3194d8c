import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../testbed/processes';
import { inRoot } from './chroot';
import type { Image } from './replay';

const HEALTH_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
const ASK_EVERY_MS = 5;

/** Removes every write permission, except on /tmp; the image's user owns nothing. */
export function makeReadOnly(root: string): void {
  execFileSync('chown', ['-hR', '0:0', root]);
  execFileSync('chmod', ['-R', 'a-wst', root]);
  // The one place that a runtime mounts to be written to.
  chmodSync(path.join(root, 'tmp'), 0o1777);
}

/** Starts a program in the image, as its user, with its environment and nothing of ours. */
export function start(
  image: Image,
  program: readonly string[],
  { env = {}, processes }: { readonly env?: Readonly<Record<string, string>>; readonly processes?: number } = {},
): ChildProcess {
  // Counts the processes and threads of the image's user, of which there is nobody else.
  const limit = processes === undefined ? [] : ['prlimit', `--nproc=${processes}`];
  const [command = '', ...args] = [...limit, ...inRoot(image.root, program, image.user)];
  return spawn(command, args, {
    // This PATH is also where our own programs are found.
    env: { ...image.env, PATH: `${image.env['PATH'] ?? ''}:/usr/sbin:/sbin:/bin`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Started {
  readonly url: string;
  /** From the start of the process to the first answer of /health, in ms. */
  readonly healthMs: number;
  readonly health: { readonly version: string; readonly status: string };
  /** Its log so far. */
  readonly lines: () => readonly string[];
  /** Stops it as a container runtime does; idempotent. @returns its exit code, null if it had to be killed */
  readonly stop: () => Promise<number | null>;
}

/** Starts the image's entrypoint and command and waits for /health. @throws Error with its output */
export async function startBot(
  image: Image,
  { env = {}, processes }: { readonly env?: Readonly<Record<string, string>>; readonly processes?: number } = {},
): Promise<Started> {
  const port = await freePort();
  const startedAtMs = performance.now();
  const child = start(image, [...image.entrypoint, ...absolute(image)], {
    env: { HOST: '127.0.0.1', FAST_API_PORT: String(port), ...env },
    ...(processes === undefined ? {} : { processes }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  let stopping: Promise<number | null> | undefined;
  const stop = (): Promise<number | null> => (stopping ??= stopChild(child));
  const url = `http://127.0.0.1:${port}`;
  try {
    for (;;) {
      const health = await ask(`${url}/health`);
      if (health?.status === 200) {
        const lines = (): readonly string[] => output.split('\n').filter((line) => line !== '');
        return {
          url,
          healthMs: performance.now() - startedAtMs,
          health: health.body as Started['health'],
          lines,
          stop,
        };
      }
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended by itself:\n${output}`);
      if (performance.now() - startedAtMs > HEALTH_WITHIN_MS) throw new Error(`/health does not answer:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The image's command with an absolute program: chroot starts in the root, not in the working folder. */
function absolute({ workdir, command: [program = '', ...rest] }: Image): string[] {
  return [path.posix.resolve(workdir, program), ...rest];
}

/** The signal goes to the container's first process, as a runtime sends it: ours beside it only wait for its end. */
async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  const first = readFileSync(`/proc/${child.pid ?? 0}/task/${child.pid ?? 0}/children`, 'utf8').trim();
  if (/^\d+$/.test(first)) process.kill(Number(first), 'SIGTERM');
  else child.kill('SIGKILL');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
  return child.exitCode;
}

/** What a path answers; undefined while nobody listens. */
export async function ask(url: string): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    return { status: response.status, body: await response.json() };
  } catch {
    return undefined;
  }
}
