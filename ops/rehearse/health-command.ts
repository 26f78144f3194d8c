import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs the container's health check as ECS does, once. Resolves to whether it passed, and what it took. */
export async function runHealthCommand(
  [file = '', ...args]: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly folder: string;
    readonly user: { readonly uid: number; readonly gid: number } | undefined;
    readonly timeoutMs: number;
  },
): Promise<{ passed: boolean; tookMs: number }> {
  const { env, folder, user, timeoutMs } = options;
  const beganMs = performance.now();
  // `node` is the image's own; here it is the one that runs this.
  const child = spawn(file === 'node' ? process.execPath : file, args, {
    cwd: folder,
    env: { ...env },
    stdio: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...user,
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return { passed: code === 0, tookMs: performance.now() - beganMs };
  } catch {
    return { passed: false, tookMs: performance.now() - beganMs };
  }
}
