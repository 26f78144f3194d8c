/* Runs the commands given as JSON in argv, one after the other, and prints what each did: for a test that looks for
   secrets in everything they leave behind. Run with tsx, in a process of its own. */
import childProcess from 'node:child_process';
import { runCli } from '../../../ops/cli/run-cli';

export interface RanCommand {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

export interface RanAll {
  readonly ran: readonly RanCommand[];
  /** The arguments of every process that was started. */
  readonly spawned: readonly (readonly string[])[];
}

interface Spawnable {
  spawn(this: unknown, options: { file: string; args?: string[] }): unknown;
}

async function main(): Promise<void> {
  const spawned: string[][] = [];
  const prototype = childProcess.ChildProcess.prototype as unknown as Spawnable;
  const { spawn } = prototype;
  prototype.spawn = function record(options) {
    spawned.push([options.file, ...(options.args ?? [])]);
    return spawn.call(this, options);
  };
  const ran: RanCommand[] = [];
  for (const command of JSON.parse(process.argv[2] ?? '[]') as string[]) {
    let output = '';
    const write = (text: string): void => void (output += text);
    const code = await runCli(command.split(' '), {
      env: process.env,
      folder: process.cwd(),
      signal: new AbortController().signal,
      stdout: write,
      stderr: write,
    });
    ran.push({ command, code, output });
  }
  const result: RanAll = { ran, spawned };
  process.stdout.write(JSON.stringify(result));
}

void main();
