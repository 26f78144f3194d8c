import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Image } from './replay';

const isRoot = process.getuid?.() === 0;
const HEALTH_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 15_000;
const ASK_EVERY_MS = 5;

/** How the image is run here: in its own root as its own user if we are root, else in its folder as ourselves. */
export const HOW = isRoot
  ? 'in its own root (chroot), as its own user'
  : 'in place with the node of this machine, as the present user; run it as root for the root and user of the image';

/** Removes every write permission, except on /tmp; the image's user owns nothing. */
export function makeReadOnly(root: string): void {
  if (isRoot) execFileSync('chown', ['-hR', '0:0', root]);
  execFileSync('chmod', ['-R', 'a-wst', root]);
  // The one place that a runtime mounts to be written to.
  const tmp = path.join(root, 'tmp');
  if (existsSync(tmp)) chmodSync(tmp, 0o1777);
}

/** Restores the owner's write permission, so that the folder can be removed. */
export function makeWritable(root: string): void {
  execFileSync('chmod', ['-R', 'u+rwX', root]);
}

/** Starts a Node program in the image, with the image's environment and nothing of ours. */
export function start(image: Image, program: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const [command, ...args]: [string, ...string[]] = isRoot
    ? ['chroot', `--userspec=${image.user}`, '--groups=', image.root, '/usr/local/bin/node', ...program]
    : [process.execPath, ...program];
  const own = isRoot ? {} : { HOME: path.join(image.root, 'tmp'), TMPDIR: path.join(image.root, 'tmp') };
  return spawn(command, args, {
    cwd: path.join(image.root, image.workdir),
    // This PATH is also where chroot itself is found.
    env: { ...image.env, ...own, PATH: `${image.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The image's root as its processes see it. */
export const seen = (root: string): string => (isRoot ? '/' : root);

export interface Started {
  /** From the start of the process to the first answer of /health, in ms. */
  readonly healthMs: number;
  readonly health: { readonly version: string; readonly status: string };
  /** Stops it as a container runtime does; idempotent. @returns its exit code, null if it had to be killed */
  readonly stop: () => Promise<number | null>;
}

/** Starts the image's command and waits for /health. @throws Error with its output */
export async function startBot(image: Image): Promise<Started> {
  const port = await freePort();
  const startedAtMs = performance.now();
  // Without Daily's key and without AWS: only what the image does by itself.
  const child = start(image, inRoot(image), { HOST: '127.0.0.1', FAST_API_PORT: String(port), TRANSPORT: 'webrtc' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  let stopping: Promise<number | null> | undefined;
  const stop = (): Promise<number | null> => (stopping ??= stopChild(child));
  try {
    for (;;) {
      const health = await ask(port);
      if (health !== undefined) return { healthMs: performance.now() - startedAtMs, health, stop };
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
function inRoot(image: Image): string[] {
  const [program = '', ...rest] = image.command;
  return [path.join(seen(image.root), image.workdir, program), ...rest];
}

async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
  return child.exitCode;
}

async function ask(port: number): Promise<Started['health'] | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(4_000) });
    return response.ok ? ((await response.json()) as Started['health']) : undefined;
  } catch {
    return undefined; // not listening yet
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
