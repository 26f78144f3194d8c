import { spawn } from 'node:child_process';
import path from 'node:path';
import { processTree } from '../../processes';

const ROOT = path.join(__dirname, '../../..');
const RECORDER = path.join(__dirname, 'record-arguments.cjs');
const WITHIN_MS = 300_000;

/** One line of what a command with `--json` says. */
export interface OpsEvent {
  readonly event: string;
  readonly step?: string;
  readonly status?: string;
  readonly changed?: boolean;
  readonly text?: string;
  readonly ok?: boolean;
  readonly kept?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Ran {
  /** Exit code; null where a signal ended it. */
  readonly status: number | null;
  readonly events: readonly OpsEvent[];
  /** Everything it printed. */
  readonly output: string;
}

export interface RunOptions {
  /** `RECORD_ARGUMENTS` among it: the file of what is started. */
  readonly env: Readonly<Record<string, string>>;
  /** Told of every line as it comes. */
  readonly onEvent?: (event: OpsEvent) => void;
  /** Sent as soon as `when` resolves, or an event `at` is seen. */
  readonly stop?: {
    readonly signal: 'SIGINT' | 'SIGKILL';
    /** Whatever it has started goes with it, as where a machine is gone. Default: the process alone. */
    readonly isWhole?: boolean;
    readonly at?: (event: OpsEvent) => boolean;
    readonly when?: Promise<void>;
    /** Called when the signal has been sent. */
    readonly sent?: () => void;
  };
}

function readEvent(line: string): OpsEvent | undefined {
  try {
    return JSON.parse(line) as OpsEvent;
  } catch {
    return undefined;
  }
}

/** Runs `npm run ops -- …` as npm does, in a process of its own. */
export async function runOps(args: readonly string[], { env, stop, onEvent }: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'ops/main.ts', ...args], {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: `--require ${RECORDER}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  const events: OpsEvent[] = [];
  let output = '';
  let pending = '';
  let isStopped = false;
  const send = (): void => {
    if (stop === undefined || isStopped) return;
    isStopped = true;
    const whole = stop.isWhole === true && child.pid !== undefined ? processTree(child.pid) : [];
    child.kill(stop.signal);
    for (const pid of whole.slice(1)) process.kill(pid, stop.signal);
    stop.sent?.();
  };
  void stop?.when?.then(send);
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (pending + chunk.toString('utf8')).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const event = readEvent(line);
      output += `${line}\n`;
      if (event === undefined) continue;
      events.push(event);
      onEvent?.(event);
      if (stop?.at?.(event) === true) send();
    }
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  // Not "close": what it started and left behind may hold its pipes.
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, events, output };
}
