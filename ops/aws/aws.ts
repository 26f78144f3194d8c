import { BedrockClient } from '@aws-sdk/client-bedrock';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { Interrupted, stopIfAsked } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { explainAwsError, type Asked } from './explain';

/** Bounds for one attempt: how long an operator waits for a service that does not answer. */
const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 15_000;

/** What every client is made with. */
interface ClientConfig {
  readonly region: string;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
  readonly logger: typeof SILENT;
}

const quiet = (): void => undefined;
/** Only the command writes to the console. */
const SILENT = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

/**
 * AWS in one region. Credentials, profiles and endpoints (AWS_ENDPOINT_URL and its like) are found as the SDK finds
 * them, so that what works for the `aws` command works here.
 */
export class Aws {
  readonly bedrock: BedrockClient;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  readonly sts: STSClient;
  readonly #config: ClientConfig;
  readonly #others = new Map<unknown, { destroy(): void }>();

  constructor(
    readonly region: string,
    readonly signal: AbortSignal,
  ) {
    const client = {
      region,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS },
      logger: SILENT,
    };
    this.#config = client;
    this.bedrock = new BedrockClient(client);
    this.ecr = new ECRClient(client);
    this.ecs = new ECSClient(client);
    this.iam = new IAMClient(client);
    this.lambda = new LambdaClient(client);
    this.logs = new CloudWatchLogsClient(client);
    this.s3 = new S3Client(client);
    this.secretsManager = new SecretsManagerClient(client);
    this.sts = new STSClient(client);
  }

  /** The client of a service that only few commands ask, whose code no other command then has to load. */
  client<Client extends { destroy(): void }>(make: new (config: ClientConfig) => Client): Client {
    const known = this.#others.get(make) as Client | undefined;
    if (known !== undefined) return known;
    const client = new make(this.#config);
    this.#others.set(make, client);
    return client;
  }

  /**
   * Asks AWS something; Ctrl-C ends the waiting.
   * @throws OpsError that says what failed and what to do; Interrupted
   */
  async read<T>(asked: Asked, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    stopIfAsked(this.signal);
    try {
      return await send({ abortSignal: this.signal });
    } catch (error) {
      if (this.signal.aborted) throw new Interrupted('Nothing was changed.');
      throw explainAwsError(error, asked, this.region);
    }
  }

  /** As `read`; undefined where AWS throws an error of one of these names, by which it says that there is none. */
  async find<T>(
    asked: Asked,
    absent: readonly string[],
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T | undefined> {
    return this.read(asked, async (options) => {
      try {
        return await send(options);
      } catch (error) {
        if (absent.includes(readThrown(error).name)) return undefined;
        throw error;
      }
    });
  }

  /**
   * Changes something. A request that was sent is waited for even after Ctrl-C, so that it is known what was done; the
   * client's timeouts bound it.
   * @throws OpsError as `read` does
   */
  async write<T>(asked: Asked, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw explainAwsError(error, asked, this.region);
    }
  }

  close(): void {
    const { bedrock, ecr, ecs, iam, lambda, logs, s3, secretsManager, sts } = this;
    const clients = [bedrock, ecr, ecs, iam, lambda, logs, s3, secretsManager, sts, ...this.#others.values()];
    for (const client of clients) client.destroy();
  }
}
