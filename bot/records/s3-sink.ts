import type * as Sdk from '@aws-sdk/client-s3';
import type { Item } from './spool';
import type { Sink } from './writer';

interface S3SinkOptions {
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  /** Another than AWS's own. */
  readonly endpointUrl?: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = { json: 'application/json', ogg: 'audio/ogg' };

/** Keeps things as objects in S3. How they are encrypted and for how long they stay is the bucket's own rule. */
export class S3Sink implements Sink {
  readonly #options: S3SinkOptions;
  readonly #sdk: typeof Sdk;
  readonly #client: Sdk.S3Client;

  private constructor(sdk: typeof Sdk, options: S3SinkOptions) {
    const { region, endpointUrl } = options;
    this.#sdk = sdk;
    this.#options = options;
    const endpoint = endpointUrl === undefined ? {} : { endpoint: endpointUrl, forcePathStyle: true };
    // Whoever writes tries again by itself.
    this.#client = new sdk.S3Client({ region, maxAttempts: 1, ...endpoint });
  }

  /** Loads the AWS SDK's client, before the first call: loading it takes the processor for a fifth of a second. */
  static async open(options: S3SinkOptions): Promise<S3Sink> {
    return new S3Sink(await import('@aws-sdk/client-s3'), options);
  }

  async put({ key, bytes }: Item, signal: AbortSignal): Promise<void> {
    const { bucket, prefix } = this.#options;
    const [, ending = ''] = /\.(\w+)$/.exec(key) ?? [];
    const command = new this.#sdk.PutObjectCommand({
      Bucket: bucket,
      Key: prefix + key,
      Body: bytes,
      ContentType: TYPES[ending] ?? 'application/octet-stream',
    });
    await this.#client.send(command, { abortSignal: signal });
  }

  close(): void {
    this.#client.destroy();
  }
}
