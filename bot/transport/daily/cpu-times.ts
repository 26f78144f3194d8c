import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { CpuTimes } from './load-gauge';

const CGROUP = '/sys/fs/cgroup';

/**
 * A reader of processor times: of the container (control group, version 2) where that has a limit of its own, else of
 * the machine. On Fargate the machine is the task's own.
 */
export function cpuReader(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): () => CpuTimes {
  const quota = cgroupQuota(read);
  if (quota === undefined) return machineTimes;
  return () => {
    const usageUs = Number(/usage_usec (\d+)/.exec(read(`${CGROUP}/cpu.stat`))?.[1] ?? 0);
    return { busyMs: usageUs / 1000, totalMs: performance.now() * quota };
  };
}

/** Processors that the container may use; undefined without a limit. */
function cgroupQuota(read: (path: string) => string): number | undefined {
  try {
    const [max, period] = read(`${CGROUP}/cpu.max`).trim().split(' ').map(Number);
    if (max === undefined || period === undefined || !Number.isFinite(max) || max <= 0) return undefined;
    return max / period;
  } catch {
    return undefined; // no such control group
  }
}

function machineTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}
