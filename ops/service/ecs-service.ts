import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Task,
  type Service,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { arnsOf, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { OpsError } from '../cli/ops-error';

/** The state of a service's newest deployment. */
export interface Rollout {
  readonly id: string;
  readonly state: 'in-progress' | 'completed' | 'failed' | 'unknown';
  readonly reason: string;
  readonly running: number;
  readonly desired: number;
  readonly failedTasks: number;
}

/** The environment's ECS service. */
export class EcsService {
  readonly #aws: Aws;
  readonly #cluster: string;
  readonly #service: string;
  readonly #arn: string;

  constructor(aws: Aws, settings: Settings) {
    const names = namesOf(settings);
    this.#aws = aws;
    this.#cluster = names.cluster;
    this.#service = names.service;
    this.#arn = arnsOf(settings).service;
  }

  get name(): string {
    return this.#service;
  }

  /** What ECS says of it; undefined when it has not been made, or has been deleted. @throws OpsError */
  async describe(): Promise<Service | undefined> {
    const asked = this.#asked('ecs:DescribeServices');
    const command = new DescribeServicesCommand({ cluster: this.#cluster, services: [this.#service] });
    const absent = ['ServiceNotFoundException', 'ClusterNotFoundException'];
    const answer = await this.#aws.find(asked, absent, (options) => this.#aws.ecs.send(command, options));
    const service = answer?.services?.[0];
    return service?.status === 'INACTIVE' ? undefined : service;
  }

  /** Replaces every task by one that gets the secrets' present values. Tasks with calls go when these have ended. */
  async restart(): Promise<string> {
    return newestDeployment(await this.#update({ forceNewDeployment: true }))?.id ?? '';
  }

  /** Has it run another task definition. Tasks with calls go when these have ended. */
  async run(taskDefinition: string): Promise<void> {
    await this.#update({ taskDefinition });
  }

  /** Tasks that have stopped; ECS forgets them after about an hour. @throws OpsError */
  async stoppedTasks(): Promise<Task[]> {
    const query = { cluster: this.#cluster, serviceName: this.#service, desiredStatus: 'STOPPED' } as const;
    const { taskArns: tasks = [] } = await this.#aws.read(this.#asked('ecs:ListTasks'), (options) =>
      this.#aws.ecs.send(new ListTasksCommand(query), options),
    );
    if (tasks.length === 0) return [];
    const command = new DescribeTasksCommand({ cluster: this.#cluster, tasks });
    const answer = await this.#aws.read(this.#asked('ecs:DescribeTasks'), (options) =>
      this.#aws.ecs.send(command, options),
    );
    return answer.tasks ?? [];
  }

  /** @throws OpsError `not_found` when the service is gone */
  async rollout(): Promise<Rollout> {
    const service = await this.describe();
    if (service === undefined) throw new OpsError('not_found', `the service ${this.#service} is gone`);
    return rolloutOf(service);
  }

  async #update(change: Partial<UpdateServiceCommandInput>): Promise<Service | undefined> {
    const command = new UpdateServiceCommand({ cluster: this.#cluster, service: this.#service, ...change });
    const { service } = await this.#aws.write(this.#asked('ecs:UpdateService'), () => this.#aws.ecs.send(command));
    return service;
  }

  #asked(action: string) {
    return { action, resource: this.#arn, what: `the service ${this.#service}` };
  }
}

function newestDeployment(service: Service | undefined) {
  return service?.deployments?.find(({ status }) => status === 'PRIMARY');
}

/** The newest deployment of a service. */
export function rolloutOf(service: Service): Rollout {
  const newest = newestDeployment(service);
  const states = { COMPLETED: 'completed', FAILED: 'failed', IN_PROGRESS: 'in-progress' } as const;
  return {
    id: newest?.id ?? '',
    state: newest?.rolloutState === undefined ? 'unknown' : states[newest.rolloutState],
    reason: newest?.rolloutStateReason ?? '',
    running: newest?.runningCount ?? 0,
    desired: newest?.desiredCount ?? 0,
    failedTasks: newest?.failedTasks ?? 0,
  };
}
