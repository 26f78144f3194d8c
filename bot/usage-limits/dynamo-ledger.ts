import type * as Sdk from '@aws-sdk/client-dynamodb';
import {
  amountLimits,
  type Amounts,
  limitReached,
  NOTHING,
  type UsageLedger,
  type UsageLimits,
  type Verdict,
} from './usage-ledger';

export interface DynamoLedgerOptions {
  readonly region: string;
  readonly table: string;
  readonly limits: UsageLimits;
  /** In front of the items' names, for what is counted apart, such as `phone-`. */
  readonly prefix?: string;
}

const ANSWER_WITHIN_MS = 2_000;
/** An item is of no use once its day is over; a day more lets an operator look at yesterday. */
const KEPT_DAYS = 2;
const DAY_SECONDS = 86_400;
const AMOUNTS = Object.keys(NOTHING) as (keyof Amounts)[];

/**
 * The usage of all tasks in one small DynamoDB table: an item a day (`day#2026-11-23`: `calls`, `seconds`, `tokens`,
 * `microdollars`) and one a caller and day (`caller#2026-11-23#<hash>`: `calls`), each with `expiresAt` for the table's time to live. Every step
 * is one conditional update, so two tasks can never both take the last call; nothing is read. Two updates and not a
 * transaction, because transactions on the day's one item refuse each other when callers come close together.
 */
export class DynamoLedger implements UsageLedger {
  readonly #client: Sdk.DynamoDBClient;
  readonly #table: string;
  readonly #limits: UsageLimits;
  readonly #prefix: string;
  readonly #sdk: typeof Sdk;

  private constructor(sdk: typeof Sdk, options: DynamoLedgerOptions) {
    this.#sdk = sdk;
    this.#client = new sdk.DynamoDBClient({ region: options.region, maxAttempts: 2 });
    this.#table = options.table;
    this.#limits = options.limits;
    this.#prefix = options.prefix ?? '';
  }

  /** Loads the AWS SDK's client, which nobody needs where no table is configured. */
  static async open(options: DynamoLedgerOptions): Promise<DynamoLedger> {
    return new DynamoLedger(await import('@aws-sdk/client-dynamodb'), options);
  }

  async begin(day: string, callerKey: string): Promise<Verdict> {
    const { callsPerCaller, calls } = this.#limits;
    if (callsPerCaller !== undefined) {
      const fits = await this.#countCall(callerItem(day, callerKey), day, callsPerCaller);
      if (fits !== 'fits') return 'caller-calls';
    }
    try {
      const verdict = await this.#countCall(dayItem(day), day, calls, this.#limits);
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
    await this.#giveBackCall(dayItem(day));
  }

  async add(day: string, amounts: Amounts): Promise<Amounts> {
    const { Attributes = {} } = await this.#update(dayItem(day), {
      UpdateExpression: 'ADD #seconds :seconds, #tokens :tokens, #microdollars :microdollars SET expiresAt = :expires',
      ExpressionAttributeNames: Object.fromEntries(AMOUNTS.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(AMOUNTS.map((name) => [`:${name}`, { N: String(amounts[name]) }])),
        ':expires': { N: expiresAt(day) },
      },
      ReturnValues: 'ALL_NEW',
    });
    return amountsOf(Attributes);
  }

  close(): void {
    this.#client.destroy();
  }

  async #giveBackCaller(day: string, callerKey: string): Promise<void> {
    if (this.#limits.callsPerCaller !== undefined) await this.#giveBackCall(callerItem(day, callerKey));
  }

  /** Adds one to the item's calls unless it has `maxCalls` already, or what it has used reaches one of `limits`. */
  async #countCall(
    id: string,
    day: string,
    maxCalls: number | undefined,
    limits?: UsageLimits,
  ): Promise<Exclude<Verdict, 'caller-calls'>> {
    const conditions: string[] = [];
    const values: Record<string, { N: string }> = { ':one': { N: '1' }, ':expires': { N: expiresAt(day) } };
    if (maxCalls !== undefined) {
      conditions.push('(attribute_not_exists(calls) OR calls < :maxCalls)');
      values[':maxCalls'] = { N: String(maxCalls) };
    }
    const names: Record<string, string> = {};
    const most = limits === undefined ? undefined : amountLimits(limits);
    for (const name of AMOUNTS) {
      if (most === undefined || most[name] === Infinity) continue;
      conditions.push(`(attribute_not_exists(#${name}) OR #${name} < :${name})`);
      names[`#${name}`] = name;
      values[`:${name}`] = { N: String(most[name]) };
    }
    try {
      await this.#update(id, {
        UpdateExpression: 'ADD calls :one SET expiresAt = :expires',
        ExpressionAttributeValues: values,
        ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
        ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return 'fits';
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return (limits && limitReached(amountsOf(error.Item ?? {}), limits)) ?? 'calls';
    }
  }

  async #giveBackCall(id: string): Promise<void> {
    await this.#update(id, { UpdateExpression: 'ADD calls :one', ExpressionAttributeValues: { ':one': { N: '-1' } } });
  }

  async #update(
    id: string,
    update: Omit<Sdk.UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Sdk.UpdateItemCommandOutput> {
    const command = new this.#sdk.UpdateItemCommand({
      TableName: this.#table,
      Key: { id: { S: this.#prefix + id } },
      ...update,
    });
    return this.#client.send(command, { abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  }
}

function isRefusal(error: unknown): error is Sdk.ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

function amountsOf(item: Record<string, Sdk.AttributeValue>): Amounts {
  const of = (name: keyof Amounts): number => Number(item[name]?.N ?? 0);
  return { seconds: of('seconds'), tokens: of('tokens'), microdollars: of('microdollars') };
}

const dayItem = (day: string): string => `day#${day}`;
const callerItem = (day: string, callerKey: string): string => `caller#${day}#${callerKey}`;

/** Seconds since 1970, as DynamoDB's time to live wants them. */
function expiresAt(day: string): string {
  return String(Date.parse(`${day}T00:00:00Z`) / 1000 + KEPT_DAYS * DAY_SECONDS);
}
