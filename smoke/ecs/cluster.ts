import { randomInt, randomUUID } from 'node:crypto';

/** One deployment of the service. */
export interface FakeDeployment {
  readonly id: string;
  readonly revision: number;
}

/** One task, as ECS sees it. */
export interface FakeTask {
  /** The last part of its ARN, and of the addresses of its agent. */
  readonly id: string;
  readonly arn: string;
  readonly revision: number;
  /** The deployment that started it; undefined for a task that somebody ran by hand, which belongs to no service. */
  readonly deploymentId: string | undefined;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  /** When its protection ends, in ms since 1970; undefined while it has none. */
  protectedUntilMs: number | undefined;
}

/** What ECS answers to a wish for protection. */
export type ProtectionVerdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'failure'; readonly reason: string }
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string };

const REGION = 'eu-north-1';
const ACCOUNT = '111111111111';
const MINUTE_MS = 60_000;

/**
 * One cluster with one service, as far as a task can see of it: deployments, tasks and their protection. It keeps the
 * rules of ECS: tasks outside of a service cannot be protected, protection lasts 1 to 2880 minutes and ends by itself,
 * and a task that is protected is not stopped for a deployment or by scaling in.
 */
export class FakeCluster {
  readonly name = 'test';
  readonly service = 'voice';
  readonly tasks = new Map<string, FakeTask>();
  /** Newest last; the last one is the primary. */
  readonly deployments: FakeDeployment[] = [];
  readonly #nowMs: () => number;
  #refusals: ProtectionVerdict[] = [];

  constructor(options: { nowMs?: () => number } = {}) {
    this.#nowMs = options.nowMs ?? Date.now;
    this.deploy();
  }

  get arn(): string {
    return `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${this.name}`;
  }

  get serviceArn(): string {
    return `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${this.name}/${this.service}`;
  }

  get primary(): FakeDeployment {
    const last = this.deployments.at(-1);
    if (last === undefined) throw new Error('a service has a deployment');
    return last;
  }

  /** A release (a new revision), or with `sameRevision` a restart that was forced. */
  deploy(options: { sameRevision?: boolean } = {}): FakeDeployment {
    const before = this.deployments.at(-1)?.revision ?? 0;
    const id = `ecs-svc/${randomInt(2 ** 47)}${randomInt(10_000)}`;
    const deployment = { id, revision: options.sameRevision === true ? before : before + 1 };
    this.deployments.push(deployment);
    return deployment;
  }

  /** The release before this one becomes the primary one again, as when ECS rolls back. */
  rollBack(): void {
    const failed = this.deployments.pop();
    const before = this.deployments.pop();
    if (failed === undefined || before === undefined) throw new Error('there is nothing to go back to');
    this.deployments.push(failed, before);
  }

  /** A task of the primary deployment; `alone` is one that somebody ran by hand. */
  addTask(options: { alone?: boolean } = {}): FakeTask {
    const id = randomUUID().replaceAll('-', '');
    const task: FakeTask = {
      id,
      arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/${this.name}/${id}`,
      revision: this.primary.revision,
      deploymentId: options.alone === true ? undefined : this.primary.id,
      status: 'RUNNING',
      protectedUntilMs: undefined,
    };
    this.tasks.set(id, task);
    return task;
  }

  isProtected(task: FakeTask): boolean {
    return task.protectedUntilMs !== undefined && task.protectedUntilMs > this.#nowMs();
  }

  /** Tasks of older deployments that ECS may stop now. */
  get stoppable(): FakeTask[] {
    return [...this.tasks.values()].filter(
      (task) => task.status === 'RUNNING' && task.deploymentId !== this.primary.id && !this.isProtected(task),
    );
  }

  running(deployment: FakeDeployment): number {
    const isOf = (task: FakeTask): boolean => task.deploymentId === deployment.id && task.status === 'RUNNING';
    return [...this.tasks.values()].filter(isOf).length;
  }

  /** The next wishes for protection are answered so. */
  refuseNext(...verdicts: ProtectionVerdict[]): void {
    this.#refusals.push(...verdicts);
  }

  /** `minutes` undefined ends the protection. */
  protect(task: FakeTask, minutes: number | undefined): ProtectionVerdict {
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) return refusal;
    if (task.deploymentId === undefined) return { kind: 'failure', reason: 'TASK_NOT_VALID' };
    if (task.status === 'STOPPED') return { kind: 'failure', reason: 'TASK_NOT_VALID' };
    if (minutes !== undefined && (!Number.isInteger(minutes) || minutes < 1 || minutes > 2880)) {
      const message = 'expiresInMinutes must be between 1 and 2880';
      return { kind: 'error', status: 400, code: 'InvalidParameterException', message };
    }
    task.protectedUntilMs = minutes === undefined ? undefined : this.#nowMs() + minutes * MINUTE_MS;
    return { kind: 'done' };
  }
}
