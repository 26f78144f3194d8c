import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { type Ran, type RunOptions, tryProgram } from '../cli/run-program';
import { type HeldLock, holderOf, readLock, removeLock, unlockCommand } from './held-lock';
import { RunRecord } from './run-record';

/** Printed by terraform once a lock is not to be had at once. */
const WAITING = /^Acquiring state lock/;
/** Printed only by one that has the lock: it looks at a resource, or changes it. */
const AT_WORK = /: (?:Refreshing state|Reading|Read complete|Creating|Modifying|Destroying|Still )/;

/** Which of terraform's commands take the lock of the state. */
const takesLock = ([command, more]: readonly string[]): boolean =>
  command === 'plan' || command === 'apply' || (command === 'state' && more === 'push');

export interface LockedRun extends RunOptions {
  readonly context: Context;
  /** Whose state it is. */
  readonly stack: string;
}

/**
 * Runs terraform, and sees to the lock of the state: takes over the one that a killed run from this folder has left,
 * tells for whom it waits, and notes which one is its own.
 * @throws OpsError `program_failed` where it cannot be started; Interrupted
 */
export async function lockedTerraform(args: readonly string[], options: LockedRun): Promise<Ran> {
  const { cwd, onLine } = options;
  if (!takesLock(args) || args.includes('-lock=false')) return tryProgram('terraform', args, options);
  const record = new RunRecord(cwd);
  await takeOver(options, record);
  const watch = new LockWatch(options, record);
  const seen = (line: string): void => {
    watch.see(line);
    onLine?.(line);
  };
  let ran: Ran;
  try {
    ran = await tryProgram('terraform', args, { ...options, onStart: (pid) => watch.begin(pid), onLine: seen });
  } finally {
    await watch.done;
  }
  // One that was killed has not freed its lock.
  if (!ran.wasKilled) record.end();
  return ran;
}

/** Removes the lock of a run from this folder that has not come to its end and runs no more. */
async function takeOver({ context, stack }: LockedRun, record: RunRecord): Promise<void> {
  const { unended } = record;
  if (unended === undefined) return;
  if (unended.mayRun) {
    context.progress(`a terraform that was started from here before may still be at work (process ${unended.pid})`);
    return;
  }
  const lock = await readLock(context, stack);
  if (lock !== undefined && lock.id === unended.lockId) {
    await removeLock(context, stack, lock);
    context.progress(
      `the lock of the state was left by a run from here that was killed: ${holderOf(lock, Date.now())}. It is free again; what that run did in its last seconds may be missing in the state`,
    );
  }
  record.end();
}

/** Follows a terraform that takes a lock by what it prints. */
class LockWatch {
  #pid: number | undefined;
  #isNoted = false;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: Pick<LockedRun, 'context' | 'stack'>,
    private readonly record: RunRecord,
  ) {}

  /** Resolves when whatever there was to tell and to note is told and noted. */
  get done(): Promise<void> {
    return this.#work;
  }

  begin(pid: number): void {
    this.#pid = pid;
    this.record.begin(pid);
  }

  /** Takes a line of terraform's. */
  see(line: string): void {
    if (WAITING.test(line)) this.#look((lock) => this.#tell(lock));
    else if (!this.#isNoted && AT_WORK.test(line)) {
      this.#isNoted = true;
      this.#look(({ id }) => this.#pid !== undefined && this.record.begin(this.#pid, id));
    }
  }

  #tell(lock: HeldLock): void {
    const { context, stack } = this.run;
    const { environment, region } = context;
    context.progress(
      `waiting up to five minutes for the lock of the state, held by ${holderOf(lock, Date.now())}. If that run was killed: ${unlockCommand(environment, region, stack, lock.id)}`,
    );
  }

  /** A lock that cannot be looked at is none of terraform's troubles. */
  #look(act: (lock: HeldLock) => unknown): void {
    const { context, stack } = this.run;
    this.#work = this.#work.then(async () => {
      try {
        const lock = await readLock(context, stack);
        if (lock !== undefined) act(lock);
      } catch (error) {
        if (!(error instanceof OpsError)) throw error;
      }
    });
  }
}
