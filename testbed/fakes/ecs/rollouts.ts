import { randomUUID } from 'node:crypto';

/** What the tasks of the next deployment do: serve, serve beside old ones that still have calls, fail, or never start. */
export type TaskBehaviour = 'healthy' | 'beside-old' | 'unhealthy' | 'pending';

interface Deployment {
  readonly id: string;
  readonly taskDefinition: string;
  readonly state: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED';
  readonly running: 0 | 1;
}

/**
 * Amazon ECS as a release sees it: one service, whose deployments come to their end at once. Tasks that do not become
 * healthy make its circuit breaker go back to the deployment before; without one it gives up. The newest deployment is
 * told as IN_PROGRESS, with no task running, once before its end is. Tasks beside old ones that still have calls run, and
 * their deployment stays IN_PROGRESS, as it does for hours in ECS.
 */
export class Rollouts {
  /** Of deployments from now on. */
  tasks: TaskBehaviour = 'healthy';
  /** Told what runs, whenever that changes. */
  readonly #onRunning: (taskDefinition: string) => void;
  #deployments: Deployment[] = [];
  #isFresh = false;

  constructor(onRunning: (taskDefinition: string) => void) {
    this.#onRunning = onRunning;
  }

  /** The task definition that the service names now. */
  get taskDefinition(): string | undefined {
    return this.#deployments.at(-1)?.taskDefinition;
  }

  /** How many deployments there have been. */
  get count(): number {
    return this.#deployments.length;
  }

  deploy(taskDefinition: string): void {
    if (taskDefinition === this.taskDefinition) return;
    const before = this.taskDefinition;
    switch (this.tasks) {
      case 'healthy':
        this.#add(taskDefinition, 'COMPLETED', 1);
        break;
      case 'beside-old':
        this.#add(taskDefinition, 'IN_PROGRESS', 1);
        break;
      case 'pending':
        this.#add(taskDefinition, 'IN_PROGRESS', 0);
        break;
      case 'unhealthy':
        this.#add(taskDefinition, 'FAILED', 0);
        if (before !== undefined) this.#add(before, 'COMPLETED', 1);
    }
  }

  /** For `ecs:DescribeServices`. */
  describe(): unknown {
    const newest = this.#deployments.at(-1);
    if (newest === undefined) return { services: [], failures: [{ reason: 'MISSING' }] };
    const rolloutState = this.#isFresh ? 'IN_PROGRESS' : newest.state;
    const runningCount = this.#isFresh ? 0 : newest.running;
    this.#isFresh = false;
    const counts = { desiredCount: 1, runningCount, pendingCount: 1 - runningCount, failedTasks: 0 };
    return {
      services: [
        {
          status: 'ACTIVE',
          taskDefinition: newest.taskDefinition,
          ...counts,
          deployments: [
            {
              id: newest.id,
              status: 'PRIMARY',
              taskDefinition: newest.taskDefinition,
              rolloutState,
              rolloutStateReason: newest.state === 'FAILED' ? 'tasks failed to start' : '',
              ...counts,
            },
          ],
        },
      ],
      failures: [],
    };
  }

  /** For `ecs:UpdateService`. */
  update(request: unknown): unknown {
    const { taskDefinition = this.taskDefinition ?? '' } = request as { taskDefinition?: string };
    this.deploy(taskDefinition);
    return { service: {} };
  }

  #add(taskDefinition: string, state: Deployment['state'], running: Deployment['running']): void {
    this.#deployments.push({ id: `ecs-svc/${randomUUID()}`, taskDefinition, state, running });
    this.#isFresh = true;
    if (running === 1) this.#onRunning(taskDefinition);
  }
}
