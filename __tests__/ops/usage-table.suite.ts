import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoLedger } from '../../bot/usage-limits/dynamo-ledger';
import { NOTHING, type UsageLimits } from '../../bot/usage-limits/usage-ledger';
import type { TestAws } from './support/aws';

const DAY = '2026-11-23';
const TABLE = 'usage';
const REGION = 'eu-north-1';

/* The table itself, by the SDK's own client: what conditions and additions really do. */
export function usageTableSuite(aws: () => TestAws): void {
  describe("a day's usage in DynamoDB", () => {
    let client: DynamoDBClient;
    const ledgers: DynamoLedger[] = [];

    beforeEach(async () => {
      await aws().reset();
      client = new DynamoDBClient({ region: REGION, endpoint: aws().motoUrl });
      await client.send(
        new CreateTableCommand({
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
      );
    });
    afterEach(() => {
      client.destroy();
      for (const ledger of ledgers.splice(0)) ledger.close();
    });

    /** As many tasks as wanted, with the same limits. */
    const open = async (limits: Partial<UsageLimits>, table = TABLE): Promise<DynamoLedger> => {
      const none: UsageLimits = {
        callsPerCaller: undefined,
        calls: undefined,
        minutes: undefined,
        tokens: undefined,
        dollars: undefined,
      };
      const ledger = await DynamoLedger.open({ region: REGION, table, limits: { ...none, ...limits } });
      ledgers.push(ledger);
      return ledger;
    };
    const item = async (id: string): Promise<Record<string, string | undefined>> => {
      const { Item = {} } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }));
      return Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.N ?? value.S]));
    };

    it('counts the calls of a caller and of the day, with a time at which both are forgotten', async () => {
      const ledger = await open({ callsPerCaller: 2, calls: 10 });
      expect(await ledger.begin(DAY, 'ann')).toBe('fits');
      expect(await ledger.begin(DAY, 'ann')).toBe('fits');
      expect(await ledger.begin(DAY, 'ann')).toBe('caller-calls');
      const expiresAt = String(Date.parse('2026-11-25T00:00:00Z') / 1000);
      expect(await item(`caller#${DAY}#ann`)).toEqual({ id: `caller#${DAY}#ann`, calls: '2', expiresAt });
      expect(await item(`day#${DAY}`)).toEqual({ id: `day#${DAY}`, calls: '2', expiresAt });
    });

    it('lets one of two tasks have the last call of the day, and gives the other caller his back', async () => {
      const [one, two] = await Promise.all([
        open({ callsPerCaller: 5, calls: 1 }),
        open({ callsPerCaller: 5, calls: 1 }),
      ]);
      // One after the other: DynamoDB decides a condition and updates in one step, the emulator between two of its threads.
      expect(await one.begin(DAY, 'ann')).toBe('fits');
      expect(await two.begin(DAY, 'bob')).toBe('calls');
      expect((await item(`caller#${DAY}#bob`))['calls']).toBe('0');
    });

    it('adds up the seconds of all tasks, and refuses when the minutes are used up', async () => {
      const [one, two] = await Promise.all([open({ minutes: 2 }), open({ minutes: 2 })]);
      expect(await one.begin(DAY, 'ann')).toBe('fits');
      await one.add(DAY, { ...NOTHING, seconds: 60 });
      await two.add(DAY, { ...NOTHING, seconds: 59 }); // not at once, as above: the emulator may lose one of two additions that meet
      expect(await two.begin(DAY, 'bob')).toBe('fits');
      await two.add(DAY, { ...NOTHING, seconds: 1 });
      expect(await one.begin(DAY, 'cem')).toBe('minutes');
      expect(await one.begin('2026-11-24', 'cem')).toBe('fits');
    });

    it('adds up the tokens and dollars of all tasks, tells the sums, and refuses when either is used up', async () => {
      const limits = { tokens: 1000, dollars: 0.5 };
      const [one, two] = await Promise.all([open(limits), open(limits)]);
      await one.add(DAY, { seconds: 1, tokens: 999, microdollars: 100_000 });
      expect(await two.begin(DAY, 'ann')).toBe('fits');
      expect(await two.add(DAY, { seconds: 2, tokens: 0, microdollars: 400_000 })).toEqual({
        seconds: 3,
        tokens: 999,
        microdollars: 500_000,
      });
      expect(await one.begin(DAY, 'bob')).toBe('dollars');
      await two.add(DAY, { ...NOTHING, tokens: 1 });
      expect(await one.begin(DAY, 'bob')).toBe('tokens');
    });

    it('takes back a call of which nothing came', async () => {
      const ledger = await open({ callsPerCaller: 1, calls: 1 });
      await ledger.begin(DAY, 'ann');
      await ledger.giveBack(DAY, 'ann');
      expect(await ledger.begin(DAY, 'ann')).toBe('fits');
    });

    it('rejects where the table cannot be asked, and does not take that for a limit', async () => {
      const ledger = await open({ callsPerCaller: 1 }, 'absent');
      await expect(ledger.begin(DAY, 'ann')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });
}
