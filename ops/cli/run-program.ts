import { spawn } from 'node:child_process';
import { ReleaseError } from '../release/context';

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Written to the program's standard input: the only way for a secret into it. */
  readonly input?: string;
  /** Shows every line as it comes. */
  readonly say?: (line: string) => void;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  /** Standard output and error in the order they came. */
  readonly output: string;
}

/**
 * Runs a program without a shell: arguments are words, whatever is in them. When the signal aborts the program gets
 * SIGINT and is waited for, so that terraform can write its state.
 * @throws ReleaseError when it cannot be started, or the signal has aborted
 */
export async function tryProgram(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  if (options.signal.aborted) throw new ReleaseError('Interrupted.', 'Run the same command again.');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const interrupt = (): void => void child.kill('SIGINT');
  options.signal.addEventListener('abort', interrupt, { once: true });
  let stdout = '';
  let output = '';
  let pending = '';
  const take = (chunk: Buffer, isOut: boolean): void => {
    const text = chunk.toString('utf8');
    output += text;
    if (isOut) stdout += text;
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) options.say?.(line);
  };
  child.stdout?.on('data', (chunk: Buffer) => take(chunk, true));
  child.stderr?.on('data', (chunk: Buffer) => take(chunk, false));
  // A program that ends before it has read everything says why by its exit code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new ReleaseError(`${command} cannot be run: ${error.message}`, `Is ${command} installed and on PATH?`)),
      );
      child.once('close', (code) => resolve(code ?? -1));
    });
    if (pending !== '') options.say?.(pending);
    return { status, stdout, output };
  } finally {
    options.signal.removeEventListener('abort', interrupt);
  }
}

/** As `run`, but a program that fails is an error. @throws ReleaseError with what it said */
export async function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = await tryProgram(command, args, options);
  if (ran.status === 0) return ran;
  // Of terraform what it complains of, and not the whole plan before it.
  const from = Math.max(ran.output.search(/^(?:.{0,2}\s*)?Error: /m), 0);
  const said = options.say === undefined ? `\n${ran.output.slice(from).trim()}` : '';
  throw new ReleaseError(`${[command, ...args.slice(0, 2)].join(' ')} failed with ${ran.status}.${said}`);
}
