import { randomBytes } from 'node:crypto';
import type { Bot } from '../../../bot/bot';
import { callsInRooms } from '../../../bot/call-services';
import { openBot } from '../../../bot/compose';
import { noRooms } from '../../../bot/transport/no-rooms';
import type { HeldCall } from '../../../bot/transport/rooms';
import { Rooms } from '../../../testbed/fakes/daily/rooms';
import { type Signing, Telephone } from '../../../testbed/fakes/daily/telephone/telephone';
import { testConfig } from '../../support/config';
import { eventually } from '../../support/eventually';
import { MemoryTransport } from '../../support/memory-transport';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry } from '../../support/telemetry';

const HMAC = randomBytes(32).toString('base64');
const PATH = '/phone/daily/dialin';
const DAILY = { TRANSPORT: 'daily', DAILY_API_KEY: 'key-of-the-domain-0123456789' };

const telemetry = testTelemetry('trace');
const answered: HeldCall[] = [];
const lines: MemoryTransport[] = [];
const telephone = new Telephone(new Rooms({ key: '', origin: () => 'http://127.0.0.1' }));
let bot: Bot;
let url: string;

async function open(env: NodeJS.ProcessEnv, log = testTelemetry('trace')): Promise<{ bot: Bot; url: string }> {
  const opened = await openBot(testConfig({ ...DAILY, MAX_CALLS: '3', ...env }), log, {
    model: new ScriptedModel(),
    openCallService: (_config, deps) =>
      Promise.resolve(
        callsInRooms(deps, {
          ...noRooms('by telephone only'),
          answer: (call) => {
            answered.push(call);
            const line = new MemoryTransport(deps.ticker);
            lines.push(line);
            return Promise.resolve(line);
          },
        }),
      ),
  });
  const { port } = await opened.start();
  return { bot: opened, url: `http://127.0.0.1:${port}` };
}

beforeAll(async () => {
  ({ bot, url } = await open({ DAILY_PINLESS_HMAC: HMAC }, telemetry));
  const configured = { type: 'pinless_dialin', name_prefix: 'va', hmac: HMAC, room_creation_api: url + PATH };
  // Daily asks the address at once, before anything can be signed.
  await telephone.configure(configured);
});
afterEach(async () => {
  for (const { id } of bot.calls.list()) await bot.calls.end(id, 'operator');
  await eventually(() => bot.calls.status.activeCalls === 0, 'no call left');
});
afterAll(async () => {
  telephone.close();
  await bot.stop(0);
});

const body = (callId: string, more: object = {}): string =>
  JSON.stringify({ To: '+14155550100', From: '+14155550142', callId, callDomain: 'domain', ...more });

describe("Daily's word of a telephone call", () => {
  it('takes a room for it, and answers 200', async () => {
    const before = answered.length;
    const { call, status } = await telephone.ring({ signing: 'in-ms' });
    expect(status).toBe(200);
    expect(answered.slice(before)).toMatchObject([{ callId: call.callId, callDomain: call.callDomain }]);
    expect(bot.calls.status.activeCalls).toBe(1);
    expect(JSON.stringify(telemetry.logged())).not.toContain('14155550142');
  });

  it.each<Signing>(['missing', 'wrong', 'old', 'hex'])(
    'is not believed with a signature that is %s',
    async (signing) => {
      const before = answered.length;
      expect((await telephone.ring({ signing })).status).toBe(403);
      expect([answered.length - before, bot.calls.status.activeCalls]).toEqual([0, 0]);
    },
  );

  it('is not believed with half a proof, or one of another time or body', async () => {
    const text = body('half');
    const good = telephone.sign(text);
    const { 'X-Pinless-Signature': signature = '', 'X-Pinless-Timestamp': timestamp = '' } = good;
    for (const headers of [
      { 'X-Pinless-Signature': signature },
      { 'X-Pinless-Timestamp': timestamp },
      { ...good, 'X-Pinless-Timestamp': String(Number(timestamp) + 1) },
      { ...good, 'X-Pinless-Timestamp': '' },
    ]) {
      expect(await telephone.send(text, headers)).toBe(403);
    }
    expect(await telephone.send(body('half', { From: '+14155550143' }), good)).toBe(403);
    expect(await telephone.send('', good)).toBe(403);
  });

  it('is checked as it came: a body of the same meaning in other bytes is refused, and an odd one taken as it was signed', async () => {
    const text = JSON.stringify(JSON.parse(body('bytes')), null, 2).replace('+1415', '\\u002b1415');
    const headers = telephone.sign(text);
    expect(await telephone.send(JSON.stringify(JSON.parse(text)), headers)).toBe(403);
    expect(await telephone.send(text, headers)).toBe(200);
  });

  it('counts once: a replay is refused, and so is the same call signed anew', async () => {
    const text = body('again');
    const headers = telephone.sign(text);
    expect(await telephone.send(text, headers)).toBe(200);
    expect(await telephone.send(text, headers)).toBe(409);
    expect(await telephone.send(text, telephone.sign(text, 'in-ms'))).toBe(409);
    expect(bot.calls.status.activeCalls).toBe(1);
  });

  it('is refused where its caller has as many calls as a number may have, and taken when one is over', async () => {
    for (let calls = 0; calls < 2; calls += 1) expect((await telephone.ring()).status).toBe(200);
    expect((await telephone.ring()).status).toBe(429);
    expect((await telephone.ring({ from: '+14155550143' })).status).toBe(200);
    const [first] = bot.calls.list();
    await bot.calls.end(first!.id, 'operator');
    await eventually(() => bot.calls.status.activeCalls === 2, 'a place is free');
    expect((await telephone.ring()).status).toBe(200);
  });

  it.each(['{', '[]', '{"callId":"a b","callDomain":"d"}', '{"callId":"x"}'])('signed, but %s: 400', async (text) => {
    expect(await telephone.send(text, telephone.sign(text))).toBe(400);
  });

  it('asked for a trial, answers 200 and does nothing, whatever else it says', async () => {
    const before = answered.length;
    expect(await telephone.send(body('trial', { Test: 'test' }), {})).toBe(200);
    expect(answered.length - before).toBe(0);
  });

  it('is refused by 429 where every place is taken: a 5xx would take a release back', async () => {
    for (const from of ['+14155550143', '+14155550144', '+14155550145']) await telephone.ring({ from });
    expect(bot.calls.status.activeCalls).toBe(3);
    expect((await telephone.ring({ from: '+14155550146' })).status).toBe(429);
  });

  it('has no address without a key, and none where calls are not in rooms', async () => {
    for (const env of [{}, { TRANSPORT: 'webrtc', DAILY_PINLESS_HMAC: HMAC }]) {
      const other = await open(env);
      const response = await fetch(other.url + PATH, { method: 'POST', body: '{"Test":"test"}' });
      expect(response.status).toBe(404);
      await other.bot.stop(0);
    }
  });
});
