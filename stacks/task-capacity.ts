import type { z } from 'zod';
import type { transport } from './settings-transport';

type Transport = z.output<typeof transport>;

/** What the settings say of a task's size. */
interface Sized {
  readonly transport: Transport;
  readonly task: { readonly cpu: number };
  readonly bot: { readonly callsPerTask?: number | undefined };
}

/** Settings with what a task takes. */
export type WithCapacity<S extends Sized> = S & { readonly bot: { readonly callsPerTask: number } };

/**
 * Calls that a vCPU of Fargate carries, from what they take of a core where they were measured (docs/performance.md, "Sizing");
 * a vCPU is taken for half of that core (docs/unproved.md).
 */
const CALLS_PER_VCPU = { daily: 6, webrtc: 25 } as const satisfies Record<Transport, number>;
/** One thread serves all calls of a task, however many processors there are beside it. */
const CALLS_PER_THREAD = 25;

/** How many calls a task of this size takes where the settings do not say. @param cpuUnits 1024 is one vCPU */
function callsPerTask(transport: Transport, cpuUnits: number): number {
  const byCpu = Math.floor((CALLS_PER_VCPU[transport] * cpuUnits) / 1024);
  return Math.max(1, Math.min(CALLS_PER_THREAD, byCpu));
}

/** Fills in what a task takes; autoscaling, costs and the container go by that. */
export function withCapacity<S extends Sized>(settings: S): WithCapacity<S> {
  const { bot, transport, task } = settings;
  return { ...settings, bot: { ...bot, callsPerTask: bot.callsPerTask ?? callsPerTask(transport, task.cpu) } };
}
