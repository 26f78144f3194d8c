import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { START_KEY } from '../../../contract/secrets';
import { FakeAws, Moto } from '../../fakes/aws';
import { BotProcess, buildBot } from '../../processes';
import { FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
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

const REGION = 'eu-north-1';
export const REHEARSAL_START_KEY = 'start-key-of-the-rehearsal-0123456789';

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

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
  readonly rollouts = new Rollouts((taskDefinition) => this.#run(taskDefinition));
  /** A type at whose making the provider fails, once. */
  failAt: string | undefined;
  /** Releases from now on start and cannot be called. */
  isBroken = false;
  readonly #options: ReleaseEnvironmentOptions;
  readonly #cleanUp: (() => unknown)[] = [];
  /** Images by the task definition that names them. */
  readonly #images = new Map<string, string>();
  #moto!: Moto;
  #aws!: FakeAws;
  #s3!: S3Client;
  #ecr!: ECRClient;
  #provider!: ProviderServer;
  #sonic!: FakeBedrock;
  #bot: BotProcess | undefined;
  #botPort = 0;
  /** The bot's changes, one after the other. */
  #running: Promise<void> = Promise.resolve();

  private constructor(options: ReleaseEnvironmentOptions) {
    this.#options = options;
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
    this.#provider = await startProvider({
      schema: awsSchemaOf(typesIn(Object.values(stacks))),
      onApply: (change) => this.#make(change),
      replacing: { aws_ecs_task_definition: ['container_definitions'] },
      onRead: (type, state) => this.#read(type, state),
    });
    this.#cleanUp.push(() => this.#provider.close());
    this.#sonic = await startFakeBedrock({ voice: 'tone' });
    this.#cleanUp.push(() => this.#sonic.close());
    await buildBot();
    this.#writeTools();
    this.#usePathStyle();
    // Takes a port that stays its own from release to release.
    this.#bot = await this.#startBot('before-any-release');
    this.#botPort = Number(new URL(this.#bot.url).port);
    this.#cleanUp.push(async () => {
      await this.#running;
      await this.#bot?.stop();
    });
  }

  /** What a release's environment must say to find all this, and nothing of the machine's own AWS. */
  get env(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    return {
      PATH: `${path.join(this.folder, 'bin')}:${path.dirname(process.execPath)}:${PATH}`,
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
      SERVICE_URL: `http://127.0.0.1:${this.#botPort}`,
      [START_KEY]: REHEARSAL_START_KEY,
      FAKE_DOCKER_STATE: path.join(this.folder, 'docker.json'),
      FAKE_DOCKER_REPOSITORY: this.#options.repository,
    };
  }

  /** The docker commands so far, word for word. */
  get dockerCommands(): string[][] {
    const log = path.join(this.folder, 'docker.json.log');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
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

  /** Addresses of what every stack is made of. */
  get resources(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      Object.entries(this.#options.stacks).map(([name, { resource = {} }]) => [
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
    if (type === 'aws_ecs_service') this.rollouts.deploy(text(after['task_definition']));
  }

  /** The service as ECS has it, whoever changed it. */
  #read(type: string, state: Value): Value {
    const { taskDefinition } = this.rollouts;
    if (type !== 'aws_ecs_service' || !isObject(state) || taskDefinition === undefined) return state;
    return { ...state, task_definition: taskDefinition };
  }

  #run(taskDefinition: string): void {
    const isBroken = this.isBroken;
    this.#running = this.#running.then(async () => {
      const before = this.#bot;
      this.#bot = undefined;
      await before?.stop();
      this.#bot = await this.#startBot(this.versionOf(this.#images.get(taskDefinition)?.split('@')[1]), isBroken);
    });
  }

  #startBot(version: string, isBroken = false): Promise<BotProcess> {
    return BotProcess.start(this.#botPort, {
      TRANSPORT: 'webrtc',
      VERSION: version,
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      BEDROCK_ENDPOINT_URL: this.#sonic.url,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      [START_KEY]: isBroken ? 'a-key-that-nobody-knows-0123456789' : REHEARSAL_START_KEY,
    });
  }

  /** What an image calls itself: what it was built with. */
  versionOf(digest = ''): string {
    const docker = path.join(this.folder, 'docker.json');
    if (!existsSync(docker)) return 'unknown';
    const { tags = {} } = JSON.parse(readFileSync(docker, 'utf8')) as { tags?: Record<string, string> };
    return tags[digest] ?? 'unknown';
  }

  /**
   * The emulator's buckets are no host names. The backend is told so by TF_CLI_ARGS_init; what reads another stack's
   * state knows no such way but an override beside the stack, which terraform itself provides for.
   */
  #usePathStyle(): void {
    for (const [name, stack] of Object.entries(this.#options.stacks)) {
      const remote = Object.entries(stack.data?.['terraform_remote_state'] ?? {}) as [string, { config: object }][];
      if (remote.length === 0) continue;
      const states = remote.map(([id, { config }]) => [id, { config: { ...config, use_path_style: true } }]);
      const folder = path.join(this.env['RELEASE_FOLDER'] ?? '', name);
      mkdirSync(folder, { recursive: true });
      const override = { data: { terraform_remote_state: Object.fromEntries(states) as object } };
      writeFileSync(path.join(folder, 'path_style_override.tf.json'), JSON.stringify(override));
    }
  }

  /** A `docker` on the PATH of the release alone. */
  #writeTools(): void {
    const bin = path.join(this.folder, 'bin');
    mkdirSync(bin);
    const docker = path.join(bin, 'docker');
    writeFileSync(docker, `#!/bin/sh\nexec '${process.execPath}' '${path.join(__dirname, 'docker.mjs')}' "$@"\n`);
    chmodSync(docker, 0o755);
    writeFileSync(path.join(this.folder, 'terraformrc'), 'disable_checkpoint = true\n');
  }
}
