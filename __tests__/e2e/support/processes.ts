import { readFileSync } from 'node:fs';
import { processTree } from '../../../testbed/processes/process-tree';

/** A process, and what Chromium calls its kind: `renderer`, `gpu-process`, `utility` with the name of its service. */
export interface ChildProcess {
  readonly pid: number;
  readonly type: string;
}

/** The processes below `pid`. */
export function processesBelow(pid: number): ChildProcess[] {
  const [, ...below] = processTree(pid);
  return below.flatMap((child) => {
    try {
      const command = readFileSync(`/proc/${child}/cmdline`, 'utf8');
      const type = /--type=([a-z-]+)/.exec(command)?.[1] ?? 'other';
      const service = /--utility-sub-type=([\w.]+)/.exec(command)?.[1] ?? '';
      return [{ pid: child, type: `${type}${service}` }];
    } catch {
      return []; // gone while we looked
    }
  });
}

/** To the processes that show the pages of a browser. @returns how many there are */
export function signalPages(browserPid: number, signal: NodeJS.Signals, most = Number.POSITIVE_INFINITY): number {
  const renderers = processesBelow(browserPid).filter(({ type }) => type === 'renderer');
  for (const { pid } of renderers.slice(0, most)) process.kill(pid, signal);
  return renderers.length;
}
