import { START_KEY } from '../../../contract/secrets';
import type { AwsApi } from '../../fakes/terraform';
import { FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { BotProcess } from '../../processes';

/** What of a task's environment is this machine's business, and not the task definition's. */
const OURS: readonly string[] = [
  ...['HOST', 'FAST_API_PORT', 'TRANSPORT', 'USAGE_TABLE', 'AWS_REGION', 'BEDROCK_REGION'],
  // Nobody outside this machine is asked for its address.
  ...['ICE_SERVERS', 'WEBRTC_UDP_PORT'],
];

/**
 * What ECS does with a task definition, for one task: reads it and the secrets that it names, and starts the container,
 * which is a bot of this machine with a model that runs here, too.
 */
export class Task {
  readonly #api: AwsApi;
  readonly #versionOf: (digest: string) => string;
  readonly #model: FakeBedrock;
  #bot: BotProcess | undefined;
  #changes: Promise<void> = Promise.resolve();
  #failure: string | undefined;
  /** All that ran, and the one that runs. */
  readonly #bots: BotProcess[] = [];
  #variables: ReadonlyMap<string, string> = new Map();

  private constructor(
    api: AwsApi,
    versionOf: (digest: string) => string,
    model: FakeBedrock,
    readonly port: number,
  ) {
    this.#api = api;
    this.#versionOf = versionOf;
    this.#model = model;
  }

  /** @param versionOf what the image with a digest calls itself */
  static async prepare(api: AwsApi, versionOf: (digest: string) => string, port: number): Promise<Task> {
    return new Task(api, versionOf, await startFakeBedrock({ voice: 'tone' }), port);
  }

  /** Why the last one did not start; undefined where it did. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The plain variables in the newest task definition, those that this machine sets otherwise, too. */
  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  /** The logs of all that ran, and of the one that runs or is being stopped. */
  get logs(): readonly string[] {
    return this.#bots.flatMap(({ log }) => log.map((line) => JSON.stringify(line)));
  }

  /** Replaces what runs; undefined stops it. */
  run(taskDefinition: string | undefined): void {
    this.#changes = this.#changes.then(async () => {
      const before = this.#bot;
      this.#bot = undefined;
      await before?.stop();
      this.#failure = undefined;
      if (taskDefinition === undefined) return;
      try {
        this.#bot = await BotProcess.start(this.port, await this.#environmentOf(taskDefinition));
        this.#bots.push(this.#bot);
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
      }
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.run(undefined);
    await this.#changes;
    await this.#model.close();
  }

  async #environmentOf(taskDefinition: string): Promise<Record<string, string>> {
    const described = await this.#api.ask('ecs', 'DescribeTaskDefinition', { taskDefinition });
    const [container] = described.list('taskDefinition.containerDefinitions');
    if (container === undefined) throw new Error(`${taskDefinition} has no container`);
    const plain = container
      .list('environment')
      .map((one) => [one.text('name') ?? '', one.text('value') ?? ''] as const);
    this.#variables = new Map(plain);
    const secrets = await Promise.all(
      container.list('secrets').map(async (one) => {
        const name = one.text('name') ?? '';
        return [name, name === START_KEY ? await this.#secret(one.text('valueFrom') ?? '') : ''] as const;
      }),
    );
    const digest = container.text('image')?.split('@')[1] ?? '';
    return {
      ...Object.fromEntries([...plain, ...secrets].filter(([name, value]) => value !== '' && !OURS.includes(name))),
      VERSION: this.#versionOf(digest),
      TRANSPORT: 'webrtc',
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      BEDROCK_ENDPOINT_URL: this.#model.url,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    };
  }

  /** `ARN:key::`, as the agent of ECS reads it. */
  async #secret(valueFrom: string): Promise<string> {
    const [, arn = '', key = ''] =
      /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+):([^:]*):[^:]*:[^:]*$/.exec(valueFrom) ?? [];
    const answer = await this.#api.ask('secretsmanager', 'GetSecretValue', { SecretId: arn });
    const { [key]: value } = JSON.parse(answer.text('SecretString') ?? '{}') as Record<string, unknown>;
    if (typeof value !== 'string') throw new Error(`ResourceInitializationError: ${valueFrom} has no value`);
    return value;
  }
}
