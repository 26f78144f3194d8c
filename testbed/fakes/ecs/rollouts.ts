import { randomUUID } from 'node:crypto';
import type { TaskBehaviour } from './task-behaviour';
import { TrafficMove } from './traffic-move';

/** Told what runs, whenever that changes. */
export interface RolloutListener {
  /** These tasks, and no others. */
  readonly onRunning: (taskDefinition: string) => void;
  /** These, too, for requests that are for the release on its way; undefined: no longer. */
  readonly onNext?: (taskDefinition: string | undefined) => void;
  /** The service is deleted. */
  readonly onGone?: () => void;
}

interface Deployment {
  readonly id: string;
  /** In seconds since 1970, as AWS's JSON has it. */
  readonly createdAt: number;
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
  /** When a deployment begins: the emulator that a test goes by knows whole seconds only. */
  nowMs: () => number = Date.now;
  /** Whether traffic is moved to a deployment share by share. */
  movesTraffic = false;
  readonly #listener: RolloutListener;
  readonly #moves: TrafficMove[] = [];
  #deployments: Deployment[] = [];
  /** The newest that nobody has looked at yet: it is told as IN_PROGRESS, whatever becomes of it. */
  #fresh: Deployment | undefined;

  constructor(listener: RolloutListener) {
    this.#listener = listener;
  }

  /** The task definition that the service names now. */
  get taskDefinition(): string | undefined {
    return this.#deployments.at(-1)?.taskDefinition;
  }

  /** How many deployments there have been. */
  get count(): number {
    return this.#deployments.length;
  }

  /** @param isForced with the same task definition, too: new tasks get the secrets' present values */
  deploy(taskDefinition: string, isForced = false): void {
    if (taskDefinition === this.taskDefinition && !isForced) return;
    const before = this.#deployments.at(-1);
    if (this.movesTraffic && before !== undefined) {
      this.#move(before.taskDefinition, taskDefinition);
      return;
    }
    switch (this.tasks) {
      case 'healthy':
      case 'alarming':
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
        // The circuit breaker's way back: the deployment before is the primary one again.
        if (before === undefined) break;
        this.#deployments.push({ ...before, state: 'COMPLETED', running: 1 });
        this.#listener.onRunning(before.taskDefinition);
    }
  }

  /** For `ecs:DescribeServices`. */
  describe(): unknown {
    const newest = this.#fresh ?? this.#deployments.at(-1);
    if (newest === undefined) return { services: [], failures: [{ reason: 'MISSING' }] };
    const current = this.#moves.at(-1);
    const rolloutState = this.#fresh === undefined ? newest.state : 'IN_PROGRESS';
    const runningCount = this.#fresh === undefined ? newest.running : 0;
    this.#fresh = undefined;
    const counts = { desiredCount: 1, runningCount, pendingCount: 1 - runningCount, failedTasks: 0 };
    return {
      services: [
        {
          status: 'ACTIVE',
          taskDefinition: newest.taskDefinition,
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
          ...(current === undefined || current.isOver ? {} : { currentServiceDeployment: current.arn }),
          ...counts,
          deployments: [
            {
              id: newest.id,
              status: 'PRIMARY',
              taskDefinition: newest.taskDefinition,
              createdAt: newest.createdAt,
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

  /** After `ecs:CreateService`. */
  create(request: unknown): void {
    const { taskDefinition = '' } = request as { taskDefinition?: string };
    this.deploy(taskDefinition);
  }

  /** After `ecs:DeleteService`: its tasks go, too. */
  delete(): void {
    this.#deployments = [];
    this.#listener.onGone?.();
  }

  /** For `ecs:UpdateService`. */
  update(request: unknown): unknown {
    const { taskDefinition = this.taskDefinition ?? '', forceNewDeployment } = request as {
      taskDefinition?: string;
      forceNewDeployment?: boolean;
    };
    this.deploy(taskDefinition, forceNewDeployment === true);
    const { id } = this.#fresh ?? this.#deployments.at(-1) ?? {};
    return { service: { deployments: [{ id, status: 'PRIMARY' }] } };
  }

  /** For `ecs:ListServiceDeployments`. */
  listMoves(): unknown {
    return { serviceDeployments: this.#moves.map((move) => move.brief()) };
  }

  /** For `ecs:DescribeServiceDeployments`. */
  describeMoves(request: unknown): unknown {
    const { serviceDeploymentArns: arns = [] } = request as { serviceDeploymentArns?: string[] };
    return {
      serviceDeployments: this.#moves.filter(({ arn }) => arns.includes(arn)).map((move) => move.describe()),
      failures: [],
    };
  }

  /** For `ecs:StopServiceDeployment`. @throws Error for what ECS refuses */
  stopMove(request: unknown): unknown {
    const { serviceDeploymentArn, stopType } = request as { serviceDeploymentArn?: string; stopType?: string };
    const move = this.#moves.find(({ arn }) => arn === serviceDeploymentArn);
    if (move === undefined || stopType !== 'ROLLBACK') throw new Error(`${serviceDeploymentArn} cannot be stopped`);
    move.takeBack();
    return { serviceDeploymentArn };
  }

  /** The service names the new task definition at once, and the one before again where it is taken back. */
  #move(before: string, taskDefinition: string): void {
    const listener = this.#listener;
    const move = new TrafficMove(`arn:service-deployment/${randomUUID()}`, taskDefinition, this.tasks, {
      onTestable: () => listener.onNext?.(taskDefinition),
      onMoved: () => listener.onRunning(taskDefinition),
      onBack: () => {
        this.#deployments.push({ ...this.#newDeployment(before), state: 'COMPLETED', running: 1 });
        listener.onNext?.(undefined);
      },
    });
    this.#moves.push(move);
    this.#deployments.push({ ...this.#newDeployment(taskDefinition), state: 'IN_PROGRESS', running: 0 });
  }

  #add(taskDefinition: string, state: Deployment['state'], running: Deployment['running']): void {
    this.#fresh = { ...this.#newDeployment(taskDefinition), state, running };
    this.#deployments.push(this.#fresh);
    if (running === 1) this.#listener.onRunning(taskDefinition);
  }

  #newDeployment(taskDefinition: string): Pick<Deployment, 'id' | 'createdAt' | 'taskDefinition'> {
    return { id: `ecs-svc/${randomUUID()}`, createdAt: this.nowMs() / 1000, taskDefinition };
  }
}
