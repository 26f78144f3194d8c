import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../time';
import { SonicCounters } from './counters';
import { DEFAULT_LIMITS, type SonicLimits } from './limits';
import { EventPayload } from './stream/event-payload';
import { DEFAULT_HTTP2, DuplexHttp2Handler } from './stream/http2-handler';
import type { Http2ConnectionOptions } from './stream/http2-connection';
import type { ModelStream, Script, StreamEvents, StreamOpener } from './stream/model-stream';
import { SonicStream } from './stream/stream';
import type { StreamTap } from './stream/tap';

export interface SonicClientOptions {
  readonly region: string;
  /** The sandbox or a VPC endpoint; undefined is the region's public endpoint. */
  readonly endpointUrl: string | undefined;
  /** A provider, which is asked again before they expire; never resolved credentials. Default: the SDK's own chain. */
  readonly credentials?: Exclude<BedrockRuntimeClientConfig['credentials'], undefined>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Timeouts and PINGs of the connection; `pingEveryMs: 0` sends none. */
  readonly http2?: Partial<Omit<Http2ConnectionOptions, 'clock'>>;
}

/** How streams of one model are opened. */
export interface StreamSettings {
  readonly modelId: string;
  readonly limits?: SonicLimits;
  readonly counters?: SonicCounters;
  readonly logger?: Logger;
  /** Asked for each stream that is opened: somebody who reads along on it. */
  readonly tap?: (() => StreamTap | undefined) | undefined;
}

/** One process's access to Bedrock in one region: holds the credentials provider and knows all live streams. */
export class SonicClient {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #handler: DuplexHttp2Handler;
  readonly #client: BedrockRuntimeClient;
  readonly #live = new Set<ModelStream>();

  constructor(options: SonicClientOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger;
    this.#handler = new DuplexHttp2Handler({ ...DEFAULT_HTTP2, ...options.http2, clock: this.#clock });
    this.#client = new BedrockRuntimeClient({
      region: options.region,
      ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      requestHandler: this.#handler,
      eventStreamPayloadHandlerProvider: ({ credentials }: { credentials: AwsCredentialIdentityProvider }) =>
        new EventPayload({ credentials, clockOffsetMs: () => this.#client.config.systemClockOffset }),
      // The SDK retries no streaming body; the conversation does, with its history.
      maxAttempts: 1,
      // Else AWS_BEARER_TOKEN_BEDROCK in the environment would replace the credentials, which this operation refuses.
      authSchemePreference: ['aws.auth#sigv4'],
      logger: quiet(options.logger),
    });
  }

  /** Streams that have not ended. */
  get liveStreams(): number {
    return this.#live.size;
  }

  /** HTTP/2 connections that have not ended: no more than streams, and none without one. */
  get openConnections(): number {
    return this.#handler.openConnections;
  }

  streams(settings: StreamSettings): StreamOpener {
    return { open: (script, events) => this.#open(settings, script, events) };
  }

  /** Ends every stream politely, all at once, within the limit of each. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#live].map((stream) => stream.close()));
  }

  /** Ends everything now. */
  destroy(): void {
    for (const stream of [...this.#live]) stream.abort();
    this.#handler.destroy();
    this.#client.destroy();
  }

  async #credentialsExpireAtMs(): Promise<number | undefined> {
    const { expiration } = await this.#client.config.credentials();
    if (expiration === undefined) return undefined;
    return this.#clock.nowMs() + expiration.getTime() - this.#clock.epochMs() - this.#client.config.systemClockOffset;
  }

  #open(settings: StreamSettings, script: Script, events: StreamEvents): ModelStream {
    const stream = new SonicStream(
      {
        client: this.#client,
        handler: this.#handler,
        credentialsExpireAtMs: () => this.#credentialsExpireAtMs(),
        clockOffsetMs: () => this.#client.config.systemClockOffset,
        modelId: settings.modelId,
        clock: this.#clock,
        limits: settings.limits ?? DEFAULT_LIMITS,
        counters: settings.counters ?? new SonicCounters(),
        logger: settings.logger ?? this.#logger,
        tap: settings.tap?.(),
      },
      script,
      {
        onAccepted: () => events.onAccepted(),
        onOutput: (event) => events.onOutput(event),
        onClose: (end) => {
          this.#live.delete(stream);
          events.onClose(end);
        },
      },
    );
    this.#live.add(stream);
    return stream;
  }
}

/** The SDK logs whole requests at `info`, and a line to the console per failure where it has no logger at all. */
function quiet(logger: Logger): NonNullable<BedrockRuntimeClientConfig['logger']> {
  const silent = (): void => undefined;
  return {
    trace: silent,
    debug: silent,
    info: silent,
    error: silent,
    warn: (message: unknown) => {
      if (typeof message === 'string') logger.debug({ sdk: message }, 'a warning of the AWS SDK');
    },
  };
}
