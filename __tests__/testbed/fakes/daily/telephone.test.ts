import { startFakeDaily, type FakeDaily } from '../../../../testbed/fakes/daily/server';
import { PhoneCall } from '../../../../testbed/fakes/daily/telephone/phone-call';

describe("the telephone of Daily's stand-in", () => {
  let daily: FakeDaily;
  beforeAll(async () => (daily = await startFakeDaily()));
  afterAll(() => daily.close());

  async function post(path: string, body: object): Promise<{ status: number; answer: Record<string, unknown> }> {
    const headers = { Authorization: `Bearer ${daily.apiKey}`, 'Content-Type': 'application/json' };
    const response = await fetch(daily.apiUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  }

  const sip = { display_name: 'Caller', sip_mode: 'dial-in', num_endpoints: 1, video: false };

  it('tells where a room is called, and refuses what it does not know of one', async () => {
    const made = await post('/rooms', { properties: { sip } });
    expect(made.answer['config']).toMatchObject({
      sip,
      sip_uri: { endpoint: expect.stringContaining('@') as unknown },
    });
    for (const wrong of [{ ...sip, sip_mode: 'dial-out' }, { ...sip, num_endpoints: 9 }, { display_name: 'x' }, true]) {
      expect((await post('/rooms', { properties: { sip: wrong } })).status).toBe(400);
    }
    expect((await post('/rooms', { properties: { sip: { ...sip, colour: 'red' } } })).status).toBe(400);
  });

  it('puts no call through that it does not hold, and none to a room that is not ready', async () => {
    const room = await post('/rooms', { properties: { sip } });
    const { endpoint } = (room.answer['config'] as { sip_uri: { endpoint: string } }).sip_uri;
    const update = { callId: 'nobody', callDomain: 'sandbox-domain', sipUri: `sip:${endpoint}` };
    expect((await post('/dialin/pinlessCallUpdate', update)).status).toBe(404);
    const call = daily.telephone.hold(new PhoneCall({ from: '+14155550142', to: '+14155550100', holdLimitMs: 60_000 }));
    const ours = { ...update, callId: call.callId };
    expect(await post('/dialin/pinlessCallUpdate', ours)).toMatchObject({
      status: 400,
      answer: { info: 'the room is not ready for calls' },
    });
    expect((await post('/dialin/pinlessCallUpdate', { ...ours, sipUri: 'sip:x@y' })).status).toBe(400);
    call.hangUp();
    expect((await post('/dialin/pinlessCallUpdate', ours)).status).toBe(404);
  });

  it('configures no number whose address does not answer', async () => {
    const url = 'http://127.0.0.1:9/phone/daily/dialin';
    const config = { type: 'pinless_dialin', name_prefix: 'va', room_creation_api: url };
    expect((await post('/domain-dialin-config', config)).status).toBe(400);
  });
});
