import type * as Sdk from '@aws-sdk/client-ecs';
import type { TaskIdentity } from './agent';
import type { Deployment, DeploymentSource } from './deployment-watch';

const ANSWER_WITHIN_MS = 5_000;

/** ECS's own word on this task's service, by the AWS SDK, which is loaded when this is opened: on ECS only. */
export class EcsDeployments implements DeploymentSource {
  readonly #client: Sdk.ECSClient;
  readonly #task: TaskIdentity;
  readonly #sdk: typeof Sdk;

  private constructor(sdk: typeof Sdk, region: string, task: TaskIdentity) {
    this.#sdk = sdk;
    this.#client = new sdk.ECSClient({ region });
    this.#task = task;
  }

  static async open(options: { region: string; task: TaskIdentity }): Promise<EcsDeployments> {
    return new EcsDeployments(await import('@aws-sdk/client-ecs'), options.region, options.task);
  }

  async ownDeployment(): Promise<string | undefined> {
    const { cluster, taskArn } = this.#task;
    const asked = new this.#sdk.DescribeTasksCommand({ cluster, tasks: [taskArn] });
    const { tasks = [] } = await this.#client.send(asked, bounded());
    const startedBy = tasks[0]?.startedBy;
    return startedBy?.startsWith('ecs-svc/') === true ? startedBy : undefined;
  }

  async deployments(): Promise<readonly Deployment[]> {
    const { cluster, service } = this.#task;
    if (service === undefined) return [];
    const asked = new this.#sdk.DescribeServicesCommand({ cluster, services: [service] });
    const { services = [] } = await this.#client.send(asked, bounded());
    return (services[0]?.deployments ?? []).flatMap(({ id, status, runningCount }) =>
      id === undefined ? [] : [{ id, isPrimary: status === 'PRIMARY', runningTasks: runningCount ?? 0 }],
    );
  }

  close(): void {
    this.#client.destroy();
  }
}

function bounded(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
}
