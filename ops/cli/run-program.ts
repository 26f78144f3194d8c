import { spawn } from 'node:child_process';
import { Interrupted, OpsError, stopIfAsked } from './ops-error';
import { OutputFile } from './output-file';

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Written to the program's standard input: the only way for a secret into it. */
  readonly input?: string;
  /** Gets every line as it is printed. */
  readonly onLine?: (line: string) => void;
  /** Gets its process id once it runs. */
  readonly onStart?: (pid: number) => void;
}

export interface Ran {
  /** Exit code; -1 where a signal ended it. */
  readonly status: number;
  readonly wasKilled: boolean;
  readonly stdout: string;
  /** Standard output and error, as nearly as can be told in the order in which they came. */
  readonly output: string;
}

/** A file does not tell when it has grown. */
const LOOK_EVERY_MS = 50;

const AGAIN = 'Nothing is lost: run this command again.';

/**
 * Runs a program without a shell: arguments are words, whatever is in them. When the signal aborts, the program gets
 * SIGINT and is waited for, so that terraform can write its state. It has a process group of its own: Ctrl-C in the
 * terminal reaches it through us alone, because terraform takes a second SIGINT for an order to drop everything. Where we
 * are killed it goes on to its end, so that no state stays locked and nothing that was made is unknown to it.
 * @throws OpsError `program_failed` when it cannot be started; Interrupted
 */
export async function tryProgram(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { signal, input, onLine, onStart } = options;
  stopIfAsked(signal, `${program} was not started.`, AGAIN);
  const [out, err] = [new OutputFile(), new OutputFile()];
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', out.fd, err.fd],
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  let stdout = '';
  let output = '';
  const pending = { out: '', err: '' };
  const takeFrom = (name: keyof typeof pending, file: OutputFile): void => {
    const text = file.read();
    output += text;
    if (name === 'out') stdout += text;
    const lines = (pending[name] + text).split('\n');
    pending[name] = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
  };
  const take = (): void => {
    takeFrom('out', out);
    takeFrom('err', err);
  };
  const looking = setInterval(take, LOOK_EVERY_MS);
  // A program that ends before it has read everything says why by its exit code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => {
        const fix = `Is ${program} installed and on PATH?`;
        reject(new OpsError('program_failed', `${program} cannot be run: ${error.message}`, fix, error));
      });
      child.once('close', resolve);
    });
    const status = code ?? -1;
    take();
    for (const line of Object.values(pending)) if (line !== '') onLine?.(line);
    if (status !== 0 && signal.aborted) {
      throw new Interrupted(`${[program, args[0]].join(' ')} was stopped; what it had done by then is kept.`, AGAIN);
    }
    return { status, wasKilled: code === null, stdout, output };
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', interrupt);
    out.close();
    err.close();
  }
}

/** As `tryProgram`, but a program that fails is an error. @throws OpsError `program_failed` with what it said */
export async function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = await tryProgram(program, args, options);
  if (ran.status === 0) return ran;
  throw failureOf(program, args, ran, options);
}

const NO_SPACE = /\bENOSPC\b|no space left on device/i;

/** A program's failure, with what it said unless its lines were shown. */
export function failureOf(
  program: string,
  args: readonly string[],
  ran: Ran,
  { onLine }: Pick<RunOptions, 'onLine'>,
): OpsError {
  const command = [program, ...args.slice(0, 2)].join(' ');
  if (NO_SPACE.test(ran.output)) {
    const text = `${command} failed with ${ran.status}: no space is left on the disk`;
    return new OpsError('program_failed', text, `df -h says where; make room. ${AGAIN}`);
  }
  // Of terraform only its complaint, and not the whole plan before it.
  const from = Math.max(ran.output.search(/^(?:.{0,2}\s*)?Error: /m), 0);
  const said = onLine === undefined ? `\n${ran.output.slice(from).trim()}` : '';
  return new OpsError('program_failed', `${command} failed with ${ran.status}.${said}`, AGAIN);
}
