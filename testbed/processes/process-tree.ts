import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what Linux counts processor time of processes in, whatever its own clock. */
const TICKS_PER_SECOND = 100;

/** A process and all that it started, the browser's included. Linux only. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (stat !== undefined) parents.set(Number(entry), Number(stat[1]));
  }
  const found = [root];
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found;
}

/** Processor time of these processes so far, in ms. */
export function cpuMs(pids: readonly number[]): number {
  const ticks = pids.reduce((sum, pid) => {
    const stat = statOf(pid);
    return stat === undefined ? sum : sum + Number(stat[11]) + Number(stat[12]);
  }, 0);
  return (1000 * ticks) / TICKS_PER_SECOND;
}

/** Memory of these processes, what they share counted once, in MB. */
export function pssMb(pids: readonly number[]): number {
  const kb = pids.reduce((sum, pid) => {
    try {
      return sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return sum; // gone
    }
  }, 0);
  return kb / 1024;
}

/** The fields after the command's name: state, parent, … */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
