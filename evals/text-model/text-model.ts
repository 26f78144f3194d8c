import type {
  BedrockRuntimeClient,
  BedrockRuntimeClientConfig,
  ContentBlock,
  ConverseCommandInput,
  StopReason,
} from '@aws-sdk/client-bedrock-runtime';

export interface TextModelOptions {
  /** A text model or inference profile that the account has. */
  readonly modelId: string;
  readonly region: string;
  /** Default: the SDK's own chain. */
  readonly credentials?: NonNullable<BedrockRuntimeClientConfig['credentials']>;
  /** Undefined is the region's public endpoint. */
  readonly endpoint?: string | undefined;
  /** Of one request, its repeats by the SDK included [20,000]. */
  readonly timeoutMs?: number;
}

export interface TextModelAnswer {
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason | undefined;
}

const TIMEOUT_MS = 20_000;

/** A text model of the account, over Bedrock's Converse. */
export class TextModel {
  readonly id: string;
  /** Tokens that were used up to now. */
  readonly used = { input: 0, output: 0 };
  readonly #o: TextModelOptions;
  #client: BedrockRuntimeClient | undefined;

  constructor(options: TextModelOptions) {
    this.id = options.modelId;
    this.#o = options;
  }

  /** @throws Error what AWS refuses, or what takes too long: `troubleOf` has its words */
  async converse(request: Omit<ConverseCommandInput, 'modelId'>): Promise<TextModelAnswer> {
    const sdk = await import('@aws-sdk/client-bedrock-runtime');
    const { region, endpoint, credentials, timeoutMs = TIMEOUT_MS } = this.#o;
    this.#client ??= new sdk.BedrockRuntimeClient({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 3,
    });
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const command = new sdk.ConverseCommand({ ...request, modelId: this.id });
    const { usage, output, stopReason } = await this.#client.send(command, { abortSignal });
    this.used.input += usage?.inputTokens ?? 0;
    this.used.output += usage?.outputTokens ?? 0;
    return { content: output?.message?.content ?? [], stopReason };
  }

  /** Idempotent. */
  close(): void {
    this.#client?.destroy();
  }
}

/** AWS's name of an error, and its words. */
export function troubleOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it took too long';
  return `${error.name}: ${error.message}`;
}
