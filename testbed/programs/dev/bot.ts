import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import pretty from 'pino-pretty';
import type { WatchedAgents } from './agents';

const ROOT = path.join(__dirname, '../../..');

interface Ended {
  readonly code: number;
  /** Why it could not begin, where the reason is in agents/. */
  readonly agentsProblem?: string;
}

/**
 * Runs the bot until it ends by itself or by a signal. One that does not start because of an agent is started again when an
 * agent's file changes.
 * @returns its exit code
 */
export async function runBot(environment: NodeJS.ProcessEnv, agents: WatchedAgents): Promise<number> {
  let child: ChildProcess | undefined;
  let stop: (code: number) => void = () => undefined;
  const stopped = new Promise<number>((resolve) => (stop = resolve));
  // Ctrl-C reaches the bot by itself, which may take its time to say goodbye; other signals are passed on.
  process.on('SIGINT', () => (child === undefined ? stop(130) : undefined));
  process.on('SIGTERM', () => (child === undefined ? stop(143) : child.kill('SIGTERM')));
  for (;;) {
    const changed = agents.changed();
    child = start(environment);
    const { code, agentsProblem } = await ended(child);
    child = undefined;
    if (agentsProblem === undefined) return code;
    console.error(`\n${agentsProblem}\n\nThe bot starts once that is mended; Ctrl-C ends it.`);
    const end = await Promise.race([changed, stopped]);
    if (end !== undefined) return end;
  }
}

function start(environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'bot/main.ts')], {
    cwd: ROOT,
    env: environment,
    stdio: ['inherit', 'pipe', 'pipe'],
  });
}

/** Shows what it says, for people at a terminal, until it has ended. */
async function ended(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the bot has no output');
  if (process.stdout.isTTY) {
    stdout.pipe(pretty({ colorize: true, ignore: 'pid,hostname,version', translateTime: 'SYS:HH:MM:ss.l' }));
  } else stdout.pipe(process.stdout, { end: false });
  let agentsProblem: string | undefined;
  createInterface({ input: stderr }).on('line', (line) => {
    const problem = problemIn(line);
    if (problem === undefined) process.stderr.write(`${line}\n`);
    else if (problem.includes('agents/')) agentsProblem = problem;
    else process.stderr.write(`The configuration is not valid: ${problem}\n`);
  });
  return new Promise((resolve) => {
    child.on('close', (code) =>
      resolve({ code: code ?? 1, ...(agentsProblem === undefined ? {} : { agentsProblem }) }),
    );
  });
}

/** What a bot that cannot start says of its configuration, a problem a line. */
function problemIn(line: string): string | undefined {
  try {
    const { err } = JSON.parse(line) as { readonly err?: { readonly code?: unknown; readonly message?: unknown } };
    if (err?.code !== 'config_invalid' || typeof err.message !== 'string') return undefined;
    return err.message.replaceAll('; agents/', '\nagents/');
  } catch {
    return undefined;
  }
}
