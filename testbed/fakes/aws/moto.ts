import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What to type where it is missing. */
export const INSTALL_MOTO = "pip install 'moto[server]==5.2.1'   (Python 3.9 or newer; puts moto_server on the PATH)";

/** Ends the server when this process ends, however it does: the pipe to it then closes. */
const UNTIL_STDIN_ENDS = 'moto_server -H 127.0.0.1 -p 0 & server=$!; cat >/dev/null; kill $server; wait $server';

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 3_000;

export interface MotoOptions {
  /** The account that everything belongs to. */
  readonly accountId: string;
}

/** Whether `moto_server` is on the PATH. */
export function hasMoto(env: NodeJS.ProcessEnv = process.env): boolean {
  return isOnPath('moto_server', env);
}

/** Whether a program can be run by its name. */
export function isOnPath(program: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return (env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** An emulator of AWS's APIs on loopback: https://docs.getmoto.org. It keeps everything in memory. */
export class Moto {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts it on a free port of 127.0.0.1. @throws Error that says how to install it, where it is missing */
  static async start({ accountId }: MotoOptions): Promise<Moto> {
    if (!hasMoto()) throw new Error(`moto_server is not installed: ${INSTALL_MOTO}`);
    const child = spawn('/bin/sh', ['-c', UNTIL_STDIN_ENDS], {
      env: { ...process.env, MOTO_ACCOUNT_ID: accountId, PYTHONUNBUFFERED: '1' },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    return new Moto(child, await addressOf(child));
  }

  /** Forgets everything. */
  async reset(): Promise<void> {
    await fetch(`${this.url}/moto-api/reset`, { method: 'POST' });
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }
}

/** Reads the address from what it prints. */
function addressOf(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (stderr === null) return Promise.reject(new Error('moto_server has no output'));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`moto_server did not listen within ${START_WITHIN_MS / 1000} s`));
    }, START_WITHIN_MS);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`moto_server stopped with ${String(code)} before it listened`));
    });
    // Goes on reading, or the pipe would fill up and stop the server.
    createInterface({ input: stderr }).on('line', (line) => {
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
