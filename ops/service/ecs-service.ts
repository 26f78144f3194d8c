import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Service,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  type Task,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { arnsOf, movesTraffic, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { OpsError } from '../cli/ops-error';
import { primaryOf, type Rollout, rolloutOf, rolloutOfMove } from './rollout';

/** The environment's ECS service. */
export class EcsService {
  readonly #aws: Aws;
  readonly #cluster: string;
  readonly #service: string;
  readonly #arn: string;
  readonly #movesTraffic: boolean;

  constructor(aws: Aws, settings: Settings) {
    const names = namesOf(settings);
    this.#aws = aws;
    this.#cluster = names.cluster;
    this.#service = names.service;
    this.#arn = arnsOf(settings).service;
    this.#movesTraffic = movesTraffic(settings);
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
    const service = await this.#update({ forceNewDeployment: true });
    return (service && primaryOf(service)?.id) ?? '';
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
    const move = this.#movesTraffic ? await this.#move(service) : undefined;
    return move === undefined ? rolloutOf(service) : rolloutOfMove(move);
  }

  /** Has ECS move all traffic back to the tasks of before, and end the new ones. @param id of the deployment under way */
  async takeBack(id: string): Promise<void> {
    const command = new StopServiceDeploymentCommand({ serviceDeploymentArn: id, stopType: 'ROLLBACK' });
    await this.#aws.write(this.#asked('ecs:StopServiceDeployment'), () => this.#aws.ecs.send(command));
  }

  /** The newest service deployment; undefined where there has been none since the service moves traffic. */
  async #move({ currentServiceDeployment: current }: Service): Promise<ServiceDeployment | undefined> {
    const arn = current ?? (await this.#newestMove());
    if (arn === undefined) return undefined;
    const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] });
    const answer = await this.#aws.read(this.#asked('ecs:DescribeServiceDeployments'), (options) =>
      this.#aws.ecs.send(command, options),
    );
    return answer.serviceDeployments?.[0];
  }

  async #newestMove(): Promise<string | undefined> {
    const command = new ListServiceDeploymentsCommand({ cluster: this.#cluster, service: this.#service });
    const { serviceDeployments: all = [] } = await this.#aws.read(
      this.#asked('ecs:ListServiceDeployments'),
      (options) => this.#aws.ecs.send(command, options),
    );
    const createdMs = ({ createdAt }: (typeof all)[number]): number => createdAt?.getTime() ?? 0;
    return [...all].sort((a, b) => createdMs(b) - createdMs(a))[0]?.serviceDeploymentArn;
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
