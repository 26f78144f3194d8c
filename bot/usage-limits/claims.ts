import type * as Sdk from '@aws-sdk/client-dynamodb';

/** Things that may be done once, by whichever task is first. */
export interface Claims {
  /** @returns whether it is ours now; false: somebody had it before @throws what the table's client throws */
  claim(name: string, nowMs: number): Promise<boolean>;
  /** Idempotent. */
  close(): void;
}

const ANSWER_WITHIN_MS = 1_000;
/** Ten times as long as anything lives that is claimed. */
const KEPT_SECONDS = 300;

/** In the table of the day's usage: an item a claim, written only where there is none. */
export class DynamoClaims implements Claims {
  readonly #client: Sdk.DynamoDBClient;
  readonly #table: string;
  readonly #sdk: typeof Sdk;

  private constructor(sdk: typeof Sdk, { region, table }: { readonly region: string; readonly table: string }) {
    this.#sdk = sdk;
    this.#table = table;
    this.#client = new sdk.DynamoDBClient({ region, maxAttempts: 2 });
  }

  /** Loads the AWS SDK's client, which nobody needs where no table is configured. */
  static async open(options: { readonly region: string; readonly table: string }): Promise<DynamoClaims> {
    return new DynamoClaims(await import('@aws-sdk/client-dynamodb'), options);
  }

  async claim(name: string, nowMs: number): Promise<boolean> {
    const command = new this.#sdk.UpdateItemCommand({
      TableName: this.#table,
      Key: { id: { S: name } },
      UpdateExpression: 'SET expiresAt = :expires',
      ConditionExpression: 'attribute_not_exists(id)',
      ExpressionAttributeValues: { ':expires': { N: String(Math.ceil(nowMs / 1000) + KEPT_SECONDS) } },
    });
    try {
      await this.#client.send(command, { abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }
}
