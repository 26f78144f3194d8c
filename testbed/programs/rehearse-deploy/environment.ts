import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { START_KEY } from '../../../contract/secrets';
import { FakeAws, Moto } from '../../fakes/aws';
import {
  type AppliedChange,
  awsSchemaOf,
  type EmittedStack,
  isObject,
  type ProviderServer,
  startProvider,
  typesIn,
  type Value,
} from '../../fakes/terraform';
import { Rollouts } from '../../fakes/ecs';
import { REHEARSAL_START_KEY, ReleaseBots } from './bots';
import { DockerStandIn } from './docker-stand-in';
import { usePathStyle } from './path-style';
import { SmokeTasks } from './smoke-tasks';

const REGION = 'eu-north-1';

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

/** An action of a rule whose two weights ECS has exchanged. */
const swapped = (action: Value | undefined): Value =>
  JSON.parse(JSON.stringify(action ?? null), (key, value: unknown) =>
    key === 'weight' && typeof value === 'number' ? 100 - value : value,
  ) as Value;

export interface ReleaseEnvironmentOptions {
  readonly accountId: string;
  readonly stateBucket: string;
  readonly repository: string;
  /** The emitted stacks by their names: which types the provider must know. */
  readonly stacks: Readonly<Record<string, EmittedStack>>;
}

/**
 * Everything outside of a release, on loopback: the states and their locks, registry and ECS in an emulated AWS, a
 * provider that makes nothing but what a release then asks for, Docker without a daemon, and a real bot with a model
 * that runs whatever the service was last told to run.
 */
export class ReleaseEnvironment {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'release-rehearsal-'));
  readonly rollouts = new Rollouts({
    onRunning: (taskDefinition) => this.#bots.run(this.#versionIn(taskDefinition)),
    onNext: (taskDefinition) => this.#bots.runNext(taskDefinition && this.#versionIn(taskDefinition)),
  });
  readonly smokeTasks = new SmokeTasks((taskDefinition) => this.#containerOf(taskDefinition));
  /** A type at whose making the provider fails, once. */
  failAt: string | undefined;
  readonly #options: ReleaseEnvironmentOptions;
  #stacks: ReleaseEnvironmentOptions['stacks'];
  readonly #docker: DockerStandIn;
  readonly #cleanUp: (() => unknown)[] = [];
  /** Images by the task definition that names them. */
  readonly #images = new Map<string, string>();
  #moto!: Moto;
  #aws!: FakeAws;
  #s3!: S3Client;
  #ecr!: ECRClient;
  #provider!: ProviderServer;
  #bots!: ReleaseBots;

  private constructor(options: ReleaseEnvironmentOptions) {
    this.#options = options;
    this.#docker = new DockerStandIn(this.folder, options.repository);
    this.#stacks = options.stacks;
    this.#cleanUp.push(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  static async start(options: ReleaseEnvironmentOptions): Promise<ReleaseEnvironment> {
    const environment = new ReleaseEnvironment(options);
    try {
      await environment.#start();
      return environment;
    } catch (error) {
      await environment.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { accountId, stateBucket, stacks } = this.#options;
    this.#moto = await Moto.start({ accountId });
    this.#cleanUp.push(() => this.#moto.stop());
    this.#aws = await FakeAws.start({
      upstreamUrl: this.#moto.url,
      answers: {
        'ecs:DescribeServices': () => this.rollouts.describe(),
        'ecs:UpdateService': (request) => this.rollouts.update(request),
        'ecs:ListServiceDeployments': () => this.rollouts.listMoves(),
        'ecs:DescribeServiceDeployments': (request) => this.rollouts.describeMoves(request),
        'ecs:StopServiceDeployment': (request) => this.rollouts.stopMove(request),
        'ecs:RunTask': (request) => this.smokeTasks.run(request),
        'ecs:DescribeTasks': (request) => this.smokeTasks.describe(request),
        'ecs:StopTask': (request) => this.smokeTasks.stop(request),
      },
    });
    this.#cleanUp.push(() => this.#aws.close());
    const client = {
      region: REGION,
      endpoint: this.#moto.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'environment', secretAccessKey: 'environment' },
    };
    this.#s3 = new S3Client(client);
    this.#ecr = new ECRClient(client);
    this.#cleanUp.push(
      () => this.#s3.destroy(),
      () => this.#ecr.destroy(),
    );
    await this.#s3.send(
      new CreateBucketCommand({ Bucket: stateBucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const types = typesIn(Object.values(stacks));
    this.#provider = await startProvider({
      // What settings that are chosen later on add to the stacks.
      schema: awsSchemaOf({ ...types, resources: [...types.resources, 'aws_lb_listener_rule'] }),
      onApply: (change) => this.#make(change),
      replacing: { aws_ecs_task_definition: ['container_definitions'] },
      onRead: (type, state) => this.#read(type, state),
    });
    this.#cleanUp.push(() => this.#provider.close());
    this.#bots = await ReleaseBots.start();
    this.#cleanUp.push(
      () => this.#bots.close(),
      () => this.smokeTasks.close(),
    );
    writeFileSync(path.join(this.folder, 'terraformrc'), 'disable_checkpoint = true\n');
    for (const [name, stack] of Object.entries(stacks)) usePathStyle(this.env['RELEASE_FOLDER'] ?? '', name, stack);
  }

  /** What a release's environment must say to find all this, and nothing of the machine's own AWS. */
  get env(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    return {
      PATH: `${this.#docker.bin}:${path.dirname(process.execPath)}:${PATH}`,
      HOME,
      AWS_ACCESS_KEY_ID: 'rehearsal',
      AWS_SECRET_ACCESS_KEY: 'secret-key-of-the-rehearsal',
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: this.#aws.url,
      AWS_ENDPOINT_URL_S3: this.#aws.url,
      AWS_ENDPOINT_URL_STS: this.#aws.url,
      AWS_ENDPOINT_URL_IAM: this.#aws.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      // Terraform's processes live for a second or two: collecting garbage less often saves a third of their CPU time.
      GOGC: '400',
      TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
      TF_CLI_CONFIG_FILE: path.join(this.folder, 'terraformrc'),
      TF_REATTACH_PROVIDERS: this.#provider.reattach,
      RELEASE_FOLDER: path.join(this.folder, 'release.out'),
      RELEASE_POLL_SECONDS: '0',
      SERVICE_URL: this.#bots.url,
      [START_KEY]: REHEARSAL_START_KEY,
      ...this.#docker.env,
    };
  }

  /** The docker commands so far, word for word. */
  get dockerCommands(): string[][] {
    return this.#docker.commands;
  }

  /** A stack's state as it is stored; undefined before its first apply. */
  async state(stack: string): Promise<string | undefined> {
    try {
      const key = { Bucket: this.#options.stateBucket, Key: `${stack}.tfstate` };
      return await (await this.#s3.send(new GetObjectCommand(key))).Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Whether anybody holds the lock of a state. */
  async isLocked(): Promise<boolean> {
    const { Contents: objects = [] } = await this.#s3.send(
      new ListObjectsV2Command({ Bucket: this.#options.stateBucket }),
    );
    return objects.some(({ Key: key = '' }) => key.endsWith('.tflock'));
  }

  /** Releases from now on start, take calls, and do not talk. */
  set isBroken(isBroken: boolean) {
    this.#bots.isBroken = isBroken;
  }

  /** Other settings emit other stacks, from now on. */
  set stacks(stacks: ReleaseEnvironmentOptions['stacks']) {
    this.#stacks = stacks;
  }

  /** Addresses of what every stack is made of. */
  get resources(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      Object.entries(this.#stacks).map(([name, { resource = {} }]) => [
        name,
        Object.entries(resource).flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`)),
      ]),
    );
  }

  /** The tags of an image in the registry. */
  async tagsOf(imageDigest: string): Promise<string[]> {
    const { repository: repositoryName } = this.#options;
    const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
    return (await this.#ecr.send(command)).imageDetails?.[0]?.imageTags ?? [];
  }

  /** The image that the service runs. */
  get image(): string | undefined {
    return this.#images.get(this.rollouts.taskDefinition ?? '');
  }

  async close(): Promise<void> {
    for (const clean of this.#cleanUp.splice(0).reverse()) await clean();
  }

  async #make({ type, before, after }: AppliedChange): Promise<void> {
    if (type === this.failAt) {
      this.failAt = undefined;
      throw new Error('the connection to AWS broke');
    }
    if (!isObject(after)) return;
    if (type === 'aws_ecr_repository' && before === null) {
      await this.#ecr.send(new CreateRepositoryCommand({ repositoryName: this.#options.repository }));
    }
    if (type === 'aws_ecs_task_definition') {
      const [container] = JSON.parse(text(after['container_definitions'])) as { image: string }[];
      this.#images.set(text(after['arn']), container?.image ?? '');
    }
    if (type === 'aws_ecs_service') this.#deployService(after);
  }

  #deployService(service: Readonly<Record<string, Value>>): void {
    const blocks = service['deployment_configuration'];
    const configuration = Array.isArray(blocks) ? blocks[0] : blocks;
    const strategy = isObject(configuration) ? configuration['strategy'] : undefined;
    this.rollouts.movesTraffic = strategy === 'CANARY' || strategy === 'LINEAR';
    this.rollouts.deploy(text(service['task_definition']));
  }

  /** The service and the traffic's weights as ECS has them, whoever changed them. */
  #read(type: string, state: Value): Value {
    const { taskDefinition, movesTraffic } = this.rollouts;
    if (!isObject(state) || taskDefinition === undefined) return state;
    if (type === 'aws_ecs_service') return { ...state, task_definition: taskDefinition };
    return type === 'aws_lb_listener_rule' && movesTraffic ? { ...state, action: swapped(state['action']) } : state;
  }

  /** @throws Error for a task definition that nobody registered */
  #containerOf(taskDefinition: string): Record<string, string> {
    if (!this.#images.has(taskDefinition)) throw new Error(`there is no task definition ${taskDefinition}`);
    return this.#bots.container;
  }

  #versionIn(taskDefinition: string): string {
    return this.versionOf(this.#images.get(taskDefinition)?.split('@')[1]);
  }

  /** AWS answers an operation with an error, so often. */
  failAws(...fault: Parameters<FakeAws['fail']>): void {
    this.#aws.fail(...fault);
  }

  /** What an image calls itself: what it was built with. */
  versionOf(digest?: string): string {
    return this.#docker.versionOf(digest);
  }
}
