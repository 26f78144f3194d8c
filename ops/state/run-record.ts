import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../cli/json';

const recordSchema = z.object({ host: z.string(), pid: z.int().positive(), lockId: z.string().optional() });

/** A terraform that was started from a folder and did not come to its end. */
export interface UnendedRun {
  readonly pid: number;
  /** The lock that it is known to have held. */
  readonly lockId: string | undefined;
  /** As far as this machine can tell: a process with its number runs, or it was started on another one. */
  readonly mayRun: boolean;
}

/**
 * Which terraform works in a folder, and which lock it holds, beside its plan: so that a lock which was left by one that
 * was killed can be told from one that somebody holds. Whoever is killed leaves it.
 */
export class RunRecord {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'terraform-run.json');
  }

  begin(pid: number, lockId?: string): void {
    writeFileSync(this.#file, JSON.stringify({ host: hostname(), pid, ...(lockId === undefined ? {} : { lockId }) }));
  }

  end(): void {
    rmSync(this.#file, { force: true });
  }

  /** Undefined where the last one came to its end, or none was started. */
  get unended(): UnendedRun | undefined {
    const { data } = recordSchema.safeParse(parseJson(this.#text));
    if (data === undefined) return undefined;
    const { host, pid, lockId } = data;
    return { pid, lockId, mayRun: host !== hostname() || isRunning(pid) };
  }

  get #text(): string {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch {
      return '';
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Of another user, it still runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
