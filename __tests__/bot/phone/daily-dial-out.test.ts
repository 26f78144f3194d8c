import type { Bot } from '../../../bot/bot';
import { callsInRooms } from '../../../bot/call-services';
import { openBot } from '../../../bot/compose';
import { BotError } from '../../../bot/errors';
import { noRooms } from '../../../bot/transport/no-rooms';
import type { DialledCall } from '../../../bot/transport/rooms';
import { testConfig } from '../../support/config';
import { eventually } from '../../support/eventually';
import { MemoryTransport } from '../../support/memory-transport';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry } from '../../support/telemetry';

const KEY = 'a-key-for-calls-out';
const CALLEE = '+14155550177';
const ENV = {
  TRANSPORT: 'daily',
  DAILY_API_KEY: 'key-of-the-domain-0123456789',
  DAILY_CALLER_IDS: '+14155550100=id-of-the-first,+14155550101=id-of-the-second',
  PHONE_CALLS_KEY: KEY,
  PHONE_CALLS_PREFIXES: '+1415',
  PHONE_CALLS_AT_ONCE: '2',
  PHONE_CALLS_PER_NUMBER_PER_DAY: '3',
};

const telemetry = testTelemetry('trace');
const dialled: DialledCall[] = [];
let failure: BotError | undefined;
let bot: Bot;
let url: string;

beforeAll(async () => {
  bot = await openBot(testConfig(ENV), telemetry, {
    model: new ScriptedModel(),
    openCallService: (_config, deps) =>
      Promise.resolve(
        callsInRooms(deps, {
          ...noRooms('by telephone only'),
          dial: (call) => {
            if (failure !== undefined) return Promise.reject(failure);
            dialled.push(call);
            return Promise.resolve(new MemoryTransport(deps.ticker));
          },
        }),
      ),
  });
  url = `http://127.0.0.1:${(await bot.start()).port}`;
});
const allEnded = async (): Promise<void> => {
  for (const { id } of bot.calls.list()) await bot.calls.end(id, 'operator');
  await eventually(() => bot.calls.status.activeCalls === 0, 'no call left');
};
afterEach(allEnded);
afterAll(() => bot.stop(0));

let count = 0;
/** A number that was not called before. */
const anybody = (): string => `+1415555${String(1_000 + (count += 1))}`;

const post = async (body: object, headers: Record<string, string> = { Authorization: `Bearer ${KEY}` }) => {
  const answer = await fetch(`${url}/phone/calls`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('phone 20: calls that Daily makes for the bot', () => {
  it('are for their key alone, to numbers that are allowed, from ours', async () => {
    expect((await post({ to: CALLEE }, {})).status).toBe(401);
    expect(await post({ to: '+442079460000' })).toMatchObject({ status: 400, body: { code: 'destination_refused' } });
    expect(await post({ to: '+14155550101' })).toMatchObject({ status: 400, body: { code: 'destination_refused' } });
    expect(await post({ to: CALLEE, from: '+14155550199' })).toMatchObject({ status: 400 });
    expect(dialled).toEqual([]);
  });

  it('show the number that was asked for, by its name at Daily, and have a place from the ringing on', async () => {
    const before = dialled.length;
    const { status, body } = await post({ to: anybody() });
    expect([status, body['status'], bot.calls.list().map(({ id }) => id)]).toEqual([201, 'queued', [body['callSid']]]);
    expect((await post({ to: anybody(), from: '+14155550101' })).status).toBe(201);
    expect(dialled.slice(before).map(({ callerId }) => callerId)).toEqual(['id-of-the-first', 'id-of-the-second']);
    expect(await post({ to: anybody() })).toMatchObject({ status: 503, body: { code: 'at_capacity' } });
    await allEnded();
    expect((await post({ to: anybody() })).status).toBe(201);
  });

  it('are made once for a key, and so often a number', async () => {
    const to = anybody();
    const headers = { Authorization: `Bearer ${KEY}`, 'Idempotency-Key': 'order-4711' };
    const first = await post({ to }, headers);
    expect(await post({ to }, headers)).toEqual(first);
    for (const expected of [201, 201, 429]) {
      await allEnded();
      expect((await post({ to })).status).toBe(expected);
    }
  });

  it('give their place back where there can be no room', async () => {
    failure = new BotError('daily_unavailable', 'down');
    expect((await post({ to: anybody() })).status).toBe(failure.status);
    expect(bot.calls.status.activeCalls).toBe(0);
    failure = undefined;
    expect((await post({ to: anybody() })).status).toBe(201);
  });

  it('end where the model notices a machine, and are told of', async () => {
    await post({ to: anybody() });
    const call = dialled.at(-1)!;
    call.onOutcome('in-progress');
    expect(call.reachedMachine()).toBe('hangs-up');
    await eventually(() => bot.calls.status.activeCalls === 0, 'the call is over');
    const ended = telemetry.logged().findLast(({ msg }) => msg === 'call ended');
    expect(ended).toMatchObject({ reason: 'voicemail' });
    expect(telemetry.logged()).toContainEqual(
      expect.objectContaining({ msg: 'phone call changed', status: 'in-progress' }),
    );
  });

  it('phone 23: leave no number and no key in the log', () => {
    expect(telemetry.lines.join('\n')).not.toMatch(new RegExp(`4155550177|415555\\d{4}|${KEY}`));
  });
});
