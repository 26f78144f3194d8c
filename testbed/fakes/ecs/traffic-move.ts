import type { TaskBehaviour } from './task-behaviour';

/** Stages of a canary or linear deployment that a release can see (ECS API reference, ServiceDeployment). */
type Stage = 'SCALE_UP' | 'POST_TEST_TRAFFIC_SHIFT' | 'PRODUCTION_TRAFFIC_SHIFT' | 'BAKE_TIME' | 'CLEAN_UP';
type Status = 'IN_PROGRESS' | 'SUCCESSFUL' | 'ROLLBACK_REQUESTED' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_SUCCESSFUL';

const STAGES: readonly Stage[] = [
  'SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
];

/** Told when new tasks can be called, when all callers meet them, and when they have been taken away again. */
export interface MoveListener {
  readonly onTestable: () => void;
  readonly onMoved: () => void;
  readonly onBack: () => void;
}

/**
 * One service deployment of ECS that moves traffic share by share. It goes one stage on at every look at it but the
 * first, so that a rehearsal depends on no clock: between two looks nothing moves.
 */
export class TrafficMove {
  readonly #createdAt = Date.now();
  #stage: Stage = 'SCALE_UP';
  #status: Status = 'IN_PROGRESS';
  #isSeen = false;

  constructor(
    readonly arn: string,
    readonly taskDefinition: string,
    private readonly tasks: TaskBehaviour,
    private readonly listener: MoveListener,
  ) {}

  get status(): Status {
    return this.#status;
  }

  get isOver(): boolean {
    return this.#status === 'SUCCESSFUL' || this.#status === 'ROLLBACK_SUCCESSFUL';
  }

  /** For `ecs:StopServiceDeployment` with ROLLBACK. @throws Error where ECS has nothing to stop */
  takeBack(): void {
    if (this.#status !== 'IN_PROGRESS' || this.#stage === 'CLEAN_UP') {
      throw new Error(`a deployment that is ${this.#status} in ${this.#stage} cannot be stopped`);
    }
    this.#status = 'ROLLBACK_REQUESTED';
  }

  /** For `ecs:DescribeServiceDeployments`. */
  describe(): unknown {
    if (this.#isSeen) this.#goOn();
    this.#isSeen = true;
    return {
      serviceDeploymentArn: this.arn,
      createdAt: this.#createdAt / 1000,
      status: this.#status,
      lifecycleStage: this.#stage,
      statusReason: this.#status.startsWith('ROLLBACK') ? 'the deployment is taken back' : '',
      targetServiceRevision: { requestedTaskCount: 1, runningTaskCount: this.#stage === 'SCALE_UP' ? 0 : 1 },
      deploymentCircuitBreaker: { failureCount: this.tasks === 'unhealthy' ? 3 : 0 },
    };
  }

  brief(): unknown {
    return { serviceDeploymentArn: this.arn, createdAt: this.#createdAt / 1000, status: this.#status };
  }

  #goOn(): void {
    switch (this.#status) {
      case 'IN_PROGRESS':
        this.#nextStage();
        break;
      case 'ROLLBACK_REQUESTED':
        this.#status = 'ROLLBACK_IN_PROGRESS';
        break;
      case 'ROLLBACK_IN_PROGRESS':
        this.#status = 'ROLLBACK_SUCCESSFUL';
        this.listener.onBack();
        break;
      case 'SUCCESSFUL':
      case 'ROLLBACK_SUCCESSFUL':
    }
  }

  #nextStage(): void {
    if (this.#stage === 'SCALE_UP' && this.tasks === 'pending') return;
    const isUnhealthy = this.#stage === 'SCALE_UP' && this.tasks === 'unhealthy';
    const isAlarming = this.#stage === 'PRODUCTION_TRAFFIC_SHIFT' && this.tasks === 'alarming';
    if (isUnhealthy || isAlarming) {
      this.#status = 'ROLLBACK_IN_PROGRESS';
      return;
    }
    if (this.#stage === 'CLEAN_UP') {
      // Old tasks that still have calls are protected, and keep it from its end.
      if (this.tasks !== 'beside-old') this.#status = 'SUCCESSFUL';
      return;
    }
    this.#stage = STAGES[STAGES.indexOf(this.#stage) + 1] ?? this.#stage;
    if (this.#stage === 'POST_TEST_TRAFFIC_SHIFT') this.listener.onTestable();
    if (this.#stage === 'CLEAN_UP') this.listener.onMoved();
  }
}
