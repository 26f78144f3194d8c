import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FakeAws, SeenRequest } from '../../fakes/aws';
import { startFakeDaily } from '../../fakes/daily';
import type { AwsApi } from '../../fakes/terraform';
import { DockerStandIn } from '../rehearse-deploy/docker-stand-in';
import { usePathStyle } from '../rehearse-deploy/path-style';
import { ACCOUNT, REGION, startEmulatedAws } from './emulated-aws';
import { type Inventory, inventoryOf } from './inventory';
import { Task } from './task';

const NAME = 'pipecat-voice-agent-test';
const STATE_BUCKET = `${NAME}-state-${ACCOUNT}`;
const RECORDS_BUCKET = `${NAME}-records-${ACCOUNT}`;

const READS = /:(?:Get|Head|List|Describe|Lookup|Simulate|BatchGet|BatchCheck)|:(?:GET|HEAD) /;
/** Terraform's lock on a state comes and goes with every plan. */
const LOCK = /\.tflock\b/;

/** What is started around a deployment. */
interface Parts {
  readonly folder: string;
  readonly aws: FakeAws;
  readonly api: AwsApi;
  readonly docker: DockerStandIn;
  readonly task: Task;
  readonly daily: { readonly apiUrl: string; readonly apiKey: string };
  /** From the stand-in for terraform's provider. */
  readonly reattach: string;
  /** Every account has a network of its own. */
  readonly empty: Inventory;
  readonly close: () => Promise<void>;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Where one stack reads another's state, in a folder of releases. */
function useRemoteState(releaseFolder: string): void {
  usePathStyle(releaseFolder, 'test-service', {
    data: {
      terraform_remote_state: {
        // As CDKTF calls what one stack reads of another.
        'cross-stack-reference-input-test-foundation': {
          config: { bucket: STATE_BUCKET, key: 'foundation.tfstate', region: REGION },
        },
      },
    },
  });
}

/**
 * An account of AWS on loopback with nothing in it, and what a deployment finds around it: Docker, Daily, and a folder of
 * settings without any. Resources are made in the emulator by the stand-in for terraform's provider; a task is a bot's
 * process.
 */
export class EmulatedAccount {
  readonly folder: string;
  readonly aws: FakeAws;
  /** What was there before anything was deployed. */
  readonly empty: Inventory;
  readonly api: AwsApi;
  readonly close: () => Promise<void>;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
    ({ folder: this.folder, aws: this.aws, api: this.api, empty: this.empty, close: this.close } = parts);
    mkdirSync(this.environmentsFolder);
    cpSync('environments/settings.schema.json', path.join(this.environmentsFolder, 'settings.schema.json'));
    writeFileSync(path.join(this.folder, 'terraformrc'), 'disable_checkpoint = true\n');
    useRemoteState(this.releaseFolder);
  }

  /** @param port where the task listens, from its first start on */
  static async start(port: number): Promise<EmulatedAccount> {
    const cleanUp: (() => unknown)[] = [];
    const close = async (): Promise<void> => {
      for (const clean of cleanUp.splice(0).reverse()) await clean();
    };
    try {
      const folder = mkdtempSync(path.join(tmpdir(), 'rehearse-cloud-'));
      cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
      const {
        aws,
        api,
        provider,
        close: closeAws,
      } = await startEmulatedAws((taskDefinition) => task.run(taskDefinition));
      cleanUp.push(closeAws);
      const daily = await startFakeDaily();
      cleanUp.push(() => daily.close());
      const docker = new DockerStandIn(folder, NAME);
      const task = await Task.prepare(api, (digest) => docker.versionOf(digest), port);
      cleanUp.push(() => task.close());
      const empty = await inventoryOf(api);
      return new EmulatedAccount({ folder, aws, api, docker, task, daily, reattach: provider.reattach, empty, close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  get environmentsFolder(): string {
    return path.join(this.folder, 'environments');
  }

  get releaseFolder(): string {
    return path.join(this.folder, 'release.out');
  }

  get emittedFolder(): string {
    return path.join(this.folder, 'emitted');
  }

  /** The arguments of every process that a command has started, a JSON array a line. */
  get recordedArguments(): string {
    return path.join(this.folder, 'arguments.jsonl');
  }

  /** For somebody who deploys for the first time. */
  forgetSettings(): void {
    rmSync(path.join(this.environmentsFolder, 'test.json'), { force: true });
  }

  /** As an operator changes the settings of an environment that is there. */
  addSettings(more: object): void {
    const file = path.join(this.environmentsFolder, 'test.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...settings, ...more }, null, 2));
  }

  /** On top of `env`: what somebody else's folder of the project has for itself. */
  anotherCheckout(): Record<string, string> {
    const folder = path.join(this.folder, 'another');
    const RELEASE_FOLDER = path.join(folder, 'release.out');
    useRemoteState(RELEASE_FOLDER);
    return {
      RELEASE_FOLDER,
      CDKTF_OUTDIR: path.join(folder, 'emitted'),
      STATE_BOOTSTRAP_FOLDER: path.join(folder, 'state-bootstrap'),
    };
  }

  /** Resolves once the terraform that works on a stack has its lock noted beside its plan. */
  async lockNoted(stack: string): Promise<void> {
    const folder = path.join(this.releaseFolder, `test-${stack}`);
    const isNoted = (): boolean => /"lockId"/.test(readIfThere(path.join(folder, 'terraform-run.json')));
    const watcher = watch(folder);
    try {
      while (!isNoted()) await once(watcher, 'change');
    } finally {
      watcher.close();
    }
  }

  get stateBucket(): string {
    return STATE_BUCKET;
  }

  get recordsBucket(): string {
    return RECORDS_BUCKET;
  }

  inventory(): Promise<Inventory> {
    return inventoryOf(this.api);
  }

  /** The locks of states that somebody holds. */
  async lockedStates(): Promise<string[]> {
    const objects = (await this.api.ask('s3', `GET /${STATE_BUCKET}?list-type=2`)).list('Contents');
    return objects.map((one) => one.text('Key') ?? '').filter((key) => LOCK.test(key));
  }

  readonly secretAccessKey = randomBytes(30).toString('base64');

  /** The key that Daily takes. */
  get dailyKey(): string {
    return this.#parts.daily.apiKey;
  }

  /** Why no task runs; undefined where one does, or none shall. */
  get taskFailure(): string | undefined {
    return this.#parts.task.failure;
  }

  /** Names of alarms that are raised. */
  async ringing(): Promise<string[]> {
    const answer = await this.api.ask('monitoring', 'DescribeAlarms', { StateValue: 'ALARM' });
    return answer.list('MetricAlarms').map((one) => one.text('AlarmName') ?? '');
  }

  /** What the newest task definition sets. */
  get taskVariables(): ReadonlyMap<string, string> {
    return this.#parts.task.variables;
  }

  /** What tasks have logged. */
  get logs(): readonly string[] {
    return this.#parts.task.logs;
  }

  get requests(): readonly SeenRequest[] {
    return this.aws.requests;
  }

  /** Operations since the request with that number that change anything. */
  writesSince(count: number): string[] {
    return this.aws.requests
      .slice(count)
      .filter(({ operation, target }) => !READS.test(operation) && !LOCK.test(target))
      .map(({ operation, target }) => (operation.startsWith('s3:') ? `${operation} ${target}` : operation));
  }

  /** What a deployment's environment must say to find all this, and nothing of the machine's own AWS. */
  get env(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    const { aws, docker, reattach, task, daily } = this.#parts;
    return {
      PATH: `${docker.bin}:${path.dirname(process.execPath)}:${PATH}`,
      HOME,
      AWS_ACCESS_KEY_ID: 'rehearsal',
      AWS_SECRET_ACCESS_KEY: this.secretAccessKey,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_S3: aws.url,
      AWS_ENDPOINT_URL_STS: aws.url,
      AWS_ENDPOINT_URL_IAM: aws.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      // Terraform's processes live for a second or two: collecting garbage less often saves a third of their CPU time.
      GOGC: '400',
      TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
      TF_CLI_CONFIG_FILE: path.join(this.folder, 'terraformrc'),
      TF_REATTACH_PROVIDERS: reattach,
      ENVIRONMENTS_FOLDER: this.environmentsFolder,
      CDKTF_OUTDIR: this.emittedFolder,
      RELEASE_FOLDER: this.releaseFolder,
      STATE_BOOTSTRAP_FOLDER: path.join(this.folder, 'state-bootstrap'),
      RELEASE_POLL_SECONDS: '0',
      RECORD_ARGUMENTS: this.recordedArguments,
      SERVICE_URL: `http://127.0.0.1:${task.port}`,
      DAILY_API_URL: daily.apiUrl,
      // Nobody is asked about the repository.
      GITHUB_API_URL: 'http://127.0.0.1:9',
      ...docker.env,
    };
  }
}
