import { randomUUID } from 'node:crypto';

/** What the tasks of the next deployment do. */
export type TaskBehaviour = 'healthy' | 'unhealthy';

interface Deployment {
  readonly id: string;
  readonly taskDefinition: string;
  readonly state: 'COMPLETED' | 'FAILED';
}

/**
 * Amazon ECS as a release sees it: one service, whose deployments come to their end at once. Tasks that do not become
 * healthy make its circuit breaker go back to the deployment before; without one it gives up. The newest deployment is
 * told as IN_PROGRESS once before its end is.
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
    const isWell = this.tasks === 'healthy';
    this.#add(taskDefinition, isWell ? 'COMPLETED' : 'FAILED');
    if (!isWell && before !== undefined) this.#add(before, 'COMPLETED');
  }

  /** For `ecs:DescribeServices`. */
  describe(): unknown {
    const newest = this.#deployments.at(-1);
    if (newest === undefined) return { services: [], failures: [{ reason: 'MISSING' }] };
    const rolloutState = this.#isFresh ? 'IN_PROGRESS' : newest.state;
    this.#isFresh = false;
    const counts = { desiredCount: 1, runningCount: 1, pendingCount: 0, failedTasks: 0 };
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

  #add(taskDefinition: string, state: Deployment['state']): void {
    this.#deployments.push({ id: `ecs-svc/${randomUUID()}`, taskDefinition, state });
    this.#isFresh = true;
    if (state === 'COMPLETED') this.#onRunning(taskDefinition);
  }
}
