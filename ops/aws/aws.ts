import { BedrockClient } from '@aws-sdk/client-bedrock';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { Interrupted, stopIfAsked } from '../cli/ops-error';
import { explainAwsError, type Asked } from './explain';

/** Bounds for one attempt: how long an operator waits for a service that does not answer. */
const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 15_000;

/** What every client of the SDK has. */
interface Client {
  destroy(): void;
}

/** What every client is made with; each accepts it. */
interface ClientOptions {
  readonly region: string;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
  readonly logger: Record<'trace' | 'debug' | 'info' | 'warn' | 'error', () => void>;
}

/**
 * AWS in one region. Credentials, profiles and endpoints (AWS_ENDPOINT_URL and its like) are found as the SDK finds
 * them, so that what works for the `aws` command works here.
 */
export class Aws {
  readonly region: string;
  readonly signal: AbortSignal;
  readonly #clients = new Map<string, Client>();

  constructor(options: { readonly region: string; readonly signal: AbortSignal }) {
    this.region = options.region;
    this.signal = options.signal;
  }

  get secretsManager(): SecretsManagerClient {
    return this.#client('secretsmanager', (options) => new SecretsManagerClient(options));
  }

  get iam(): IAMClient {
    return this.#client('iam', (options) => new IAMClient(options));
  }

  get sts(): STSClient {
    return this.#client('sts', (options) => new STSClient(options));
  }

  get ecs(): ECSClient {
    return this.#client('ecs', (options) => new ECSClient(options));
  }

  get ecr(): ECRClient {
    return this.#client('ecr', (options) => new ECRClient(options));
  }

  get s3(): S3Client {
    return this.#client('s3', (options) => new S3Client(options));
  }

  get logs(): CloudWatchLogsClient {
    return this.#client('logs', (options) => new CloudWatchLogsClient(options));
  }

  get bedrock(): BedrockClient {
    return this.#client('bedrock', (options) => new BedrockClient(options));
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
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #client<T extends Client>(name: string, make: (options: ClientOptions) => T): T {
    const known = this.#clients.get(name);
    // The name decides the class: both come from the same getter.
    if (known !== undefined) return known as T;
    const made = make({
      region: this.region,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS },
      // Only the command writes to the console.
      logger: {
        trace: () => undefined,
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      },
    });
    this.#clients.set(name, made);
    return made;
  }
}
