import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { UsageLedger, UsageLimits, Verdict } from './usage-ledger';

export interface DynamoLedgerOptions {
  readonly region: string;
  readonly table: string;
  readonly limits: UsageLimits;
}

const ANSWER_WITHIN_MS = 2_000;
/** An item is of no use once its day is over; a day more lets an operator look at yesterday. */
const KEPT_DAYS = 2;
const DAY_SECONDS = 86_400;

/**
 * The usage of all tasks in one small DynamoDB table: an item a day (`day#2026-11-23`: `calls`, `seconds`) and one a
 * caller and day (`caller#2026-11-23#<hash>`: `calls`), each with `expiresAt` for the table's time to live. Every step
 * is one conditional update, so two tasks can never both take the last call; nothing is read. Two updates and not a
 * transaction, because transactions on the day's one item refuse each other when callers come close together.
 */
export class DynamoLedger implements UsageLedger {
  readonly #client: Sdk.DynamoDBClient;
  readonly #table: string;
  readonly #limits: UsageLimits;
  readonly #sdk: typeof Sdk;

  private constructor(sdk: typeof Sdk, options: DynamoLedgerOptions) {
    this.#sdk = sdk;
    this.#client = new sdk.DynamoDBClient({ region: options.region, maxAttempts: 2 });
    this.#table = options.table;
    this.#limits = options.limits;
  }

  /** Loads the AWS SDK's client, which nobody needs where no table is configured. */
  static async open(options: DynamoLedgerOptions): Promise<DynamoLedger> {
    return new DynamoLedger(await import('@aws-sdk/client-dynamodb'), options);
  }

  async begin(day: string, callerKey: string): Promise<Verdict> {
    const { callsPerCaller, calls, minutes } = this.#limits;
    if (callsPerCaller !== undefined) {
      const fits = await this.#countCall(callerItem(day, callerKey), day, callsPerCaller, undefined);
      if (fits !== 'fits') return 'caller-calls';
    }
    try {
      const verdict = await this.#countCall(dayItem(day), day, calls, minutes);
      if (verdict === 'fits') return 'fits';
      await this.#giveBackCaller(day, callerKey);
      return verdict;
    } catch (error) {
      await this.#giveBackCaller(day, callerKey).catch(() => undefined); // The first error says more.
      throw error;
    }
  }

  async giveBack(day: string, callerKey: string): Promise<void> {
    await this.#giveBackCaller(day, callerKey);
    await this.#add(dayItem(day), 'calls', -1);
  }

  async addSeconds(day: string, seconds: number): Promise<void> {
    await this.#add(dayItem(day), 'seconds', seconds, day);
  }

  close(): void {
    this.#client.destroy();
  }

  async #giveBackCaller(day: string, callerKey: string): Promise<void> {
    if (this.#limits.callsPerCaller !== undefined) await this.#add(callerItem(day, callerKey), 'calls', -1);
  }

  /** Adds one to the item's calls unless it has `maxCalls` already, or its seconds fill `maxMinutes`. */
  async #countCall(
    id: string,
    day: string,
    maxCalls: number | undefined,
    maxMinutes: number | undefined,
  ): Promise<'fits' | 'calls' | 'minutes'> {
    const conditions: string[] = [];
    const values: Record<string, { N: string }> = { ':one': { N: '1' }, ':expires': { N: expiresAt(day) } };
    if (maxCalls !== undefined) {
      conditions.push('(attribute_not_exists(calls) OR calls < :maxCalls)');
      values[':maxCalls'] = { N: String(maxCalls) };
    }
    if (maxMinutes !== undefined) {
      conditions.push('(attribute_not_exists(#s) OR #s < :maxSeconds)');
      values[':maxSeconds'] = { N: String(maxMinutes * 60) };
    }
    try {
      await this.#update(id, {
        UpdateExpression: 'ADD calls :one SET expiresAt = :expires',
        ExpressionAttributeValues: values,
        ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
        ...(maxMinutes === undefined ? {} : { ExpressionAttributeNames: { '#s': 'seconds' } }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return 'fits';
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const seconds = Number(error.Item?.['seconds']?.N ?? 0);
      return maxMinutes !== undefined && seconds >= maxMinutes * 60 ? 'minutes' : 'calls';
    }
  }

  async #add(id: string, attribute: 'calls' | 'seconds', amount: number, day?: string): Promise<void> {
    await this.#update(id, {
      UpdateExpression: `ADD #a :amount${day === undefined ? '' : ' SET expiresAt = :expires'}`,
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: {
        ':amount': { N: String(amount) },
        ...(day === undefined ? {} : { ':expires': { N: expiresAt(day) } }),
      },
    });
  }

  async #update(id: string, update: Omit<Sdk.UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<void> {
    const command = new this.#sdk.UpdateItemCommand({ TableName: this.#table, Key: { id: { S: id } }, ...update });
    await this.#client.send(command, { abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  }
}

function isRefusal(error: unknown): error is Sdk.ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

const dayItem = (day: string): string => `day#${day}`;
const callerItem = (day: string, callerKey: string): string => `caller#${day}#${callerKey}`;

/** Seconds since 1970, as DynamoDB's time to live wants them. */
function expiresAt(day: string): string {
  return String(Date.parse(`${day}T00:00:00Z`) / 1000 + KEPT_DAYS * DAY_SECONDS);
}
