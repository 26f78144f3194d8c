import type { FakeEcs, FakeTask } from '../../../smoke/ecs';
import type { LoadBalancer } from './load-balancer';

/** A task's container, as far as ECS has to do with it. */
export interface Container {
  readonly url: string;
  readonly exited: Promise<number | null>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** How a task of the old release ended. */
export interface StoppedTask {
  readonly task: FakeTask;
  readonly exitCode: number | null;
  /** It did not go within the stop timeout. */
  readonly killed: boolean;
}

const LOOK_EVERY_MS = 100;
/** Fargate's longest. */
const STOP_TIMEOUT_MS = 120_000;

/** The service scheduler's side: starts tasks, replaces them in a rolling deployment, and stops none that is protected. */
export class Scheduler {
  readonly #ecs: FakeEcs;
  readonly #balancer: LoadBalancer;
  readonly #start: (task: FakeTask, environment: Record<string, string>) => Promise<Container>;
  readonly #containers = new Map<string, Container>();

  constructor(options: {
    ecs: FakeEcs;
    balancer: LoadBalancer;
    start: (task: FakeTask, environment: Record<string, string>) => Promise<Container>;
  }) {
    this.#ecs = options.ecs;
    this.#balancer = options.balancer;
    this.#start = options.start;
  }

  containerOf(task: FakeTask): Container | undefined {
    return this.#containers.get(task.id);
  }

  /** Starts tasks of the newest deployment; each gets calls when `/health` answers, as in a target group. */
  async launch(count: number): Promise<FakeTask[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const task = this.#ecs.cluster.addTask();
        task.status = 'PENDING';
        const container = await this.#start(task, { ...this.#ecs.environmentOf(task) });
        this.#containers.set(task.id, container);
        await isHealthy(container.url);
        task.status = 'RUNNING';
        this.#balancer.register(container.url);
        return task;
      }),
    );
  }

  /**
   * Stops tasks of older deployments as they become free of protection, until none is left or `within` is over.
   * @returns how each ended
   */
  async retire(withinMs: number): Promise<StoppedTask[]> {
    const { cluster } = this.#ecs;
    const stopping = new Map<string, Promise<StoppedTask>>();
    const isOld = (task: FakeTask): boolean => task.deploymentId !== cluster.primary.id && task.status !== 'STOPPED';
    const untilMs = Date.now() + withinMs;
    while ([...cluster.tasks.values()].some(isOld) && Date.now() < untilMs) {
      for (const task of cluster.stoppable) {
        if (!stopping.has(task.id)) stopping.set(task.id, this.#stop(task));
      }
      // ECS looks now and then, too: this is what is rehearsed, not a wait for something that would tell.
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return Promise.all(stopping.values());
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    for (const container of this.#containers.values()) container.signal('SIGKILL');
    await Promise.all([...this.#containers.values()].map(({ exited }) => exited));
  }

  async #stop(task: FakeTask): Promise<StoppedTask> {
    const container = this.#containers.get(task.id);
    if (container === undefined) throw new Error(`task ${task.id} has no container`);
    this.#balancer.deregister(container.url);
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      container.signal('SIGKILL');
    }, STOP_TIMEOUT_MS);
    container.signal('SIGTERM');
    const exitCode = await container.exited;
    clearTimeout(timer);
    task.status = 'STOPPED';
    return { task, exitCode, killed };
  }
}

async function isHealthy(url: string): Promise<void> {
  for (;;) {
    const { ok } = await fetch(`${url}/health`).catch(() => ({ ok: false }));
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
