import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's unit in /proc, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Binds a process, all its threads and all that it starts from now on to one core. Linux, with util-linux's taskset. */
export function pinToCore(pid: number, core: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], { stdio: 'ignore' });
}

/** What a core did since the machine started, in seconds. */
export interface CoreTimes {
  readonly busyS: number;
  /** Taken by the hypervisor for others. */
  readonly stolenS: number;
}

/** @throws Error where there is no such core */
export function readCore(core: number): CoreTimes {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`cpu${core} `));
  if (line === undefined) throw new Error(`there is no core ${core}`);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return { busyS: (user + nice + system + irq + softirq) / TICKS_PER_SECOND, stolenS: steal / TICKS_PER_SECOND };
}

/** CPU time that the process's threads took, in seconds: the main thread first. */
export function readThreads(pid: number): { readonly mainS: number; readonly othersS: number } {
  let mainS = 0;
  let othersS = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    // The second field, the name, may hold spaces; it ends with the last bracket.
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    if (Number(thread) === pid) mainS = seconds;
    else othersS += seconds;
  }
  return { mainS, othersS };
}

/** How long a process's main thread has been ready and without a processor: Linux tells; elsewhere, or once it is gone, 0. */
export function waitedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
