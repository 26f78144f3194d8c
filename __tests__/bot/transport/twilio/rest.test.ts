import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../../bot/time';
import { TwilioRest } from '../../../../bot/transport/twilio/rest';
import { type FakeTwilio, openTwilio } from '../../../../testbed/fakes/twilio';

const OWN = '+14155550100';
const CALLEE = '+14155550177';
const SAY = '<Response><Pause length="60"/></Response>';
const NOTHING = { to: CALLEE, from: OWN, ringSeconds: 20 };
const ASKED = { ...NOTHING, twiml: SAY };

let twilio: FakeTwilio;
beforeEach(async () => {
  twilio = await openTwilio();
});
afterEach(() => twilio.close());

function rest(password = twilio.environment['TWILIO_API_KEY_SECRET'] ?? '', url = twilio.url): TwilioRest {
  const user = twilio.environment['TWILIO_API_KEY_SID'] ?? '';
  return new TwilioRest({ url, accountSid: twilio.accountSid, user, password, clock: systemClock });
}

describe("Twilio's API", () => {
  beforeEach(() => twilio.callee(CALLEE, { kind: 'answers' }));

  it('dials, tells how a call is, and hangs up; that it is over already is no failure', async () => {
    const { callSid, status } = await rest().dial(ASKED);
    expect(status).toBe('queued');
    expect(['queued', 'initiated', 'ringing', 'in-progress']).toContain(await rest().statusOf(callSid));
    await rest().hangUp(callSid);
    await rest().hangUp(callSid);
    expect(await rest().statusOf(callSid)).toMatch(/^(completed|canceled)$/);
  });

  it('is told who is to be told of the answer, and of a machine', async () => {
    const urls = { statusUrl: 'https://bot.example/status', machineUrl: 'https://bot.example/amd' };
    await rest().dial({ ...ASKED, ...urls, untilMessage: true, maxSeconds: 600 });
    await rest().dial({ ...NOTHING, url: 'https://bot.example/voice', ...urls });
    await expect(rest().dial(NOTHING)).rejects.toMatchObject({ code: 'carrier_refused' });
  });

  it('gives a call another document, unless it is over', async () => {
    const { callSid } = await rest().dial(ASKED);
    await rest().hangUp(callSid);
    expect(await rest().redirect(callSid, SAY)).toBe(false);
    await expect(rest().statusOf('CA00000000000000000000000000000000')).rejects.toMatchObject({
      code: 'carrier_refused',
    });
  });

  it('knows of no conference that nobody has begun', async () => {
    expect(await rest().isInConference('desk', 'CA00000000000000000000000000000000')).toBe(false);
  });

  it('refuses another key, and its answer is told without the key', async () => {
    const refused = rest('not-the-secret').dial(ASKED);
    await expect(refused).rejects.toMatchObject({ code: 'carrier_refused' });
    await expect(refused).rejects.toThrow(/^Twilio refused \(401, error 20003/);
  });
});

describe('An API that fails', () => {
  const asked: string[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => (asked.length = 0));
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it.each([
    [503, 'carrier_unavailable', 2],
    [429, 'carrier_unavailable', 2],
    [400, 'carrier_refused', 1],
  ])('with %i is %s after %i tries', async (status, code, tries) => {
    answer = json(status, { code: 21_000 });
    await expect(rest('x', url()).hangUp('CA1')).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(tries);
  });

  it('is tried once where a call would be made twice', async () => {
    answer = json(503, {});
    await expect(rest('x', url()).dial(ASKED)).rejects.toMatchObject({ code: 'carrier_unavailable' });
    expect(asked).toHaveLength(1);
  });

  it('and ends the connection is asked again', async () => {
    answer = (request) => void request.socket.destroy();
    await expect(rest('x', url()).hangUp('CA1')).rejects.toThrow("Twilio's API cannot be reached.");
    expect(asked).toHaveLength(2);
  });

  it('and answers with what is not documented is unavailable', async () => {
    answer = json(200, { sid: 1 });
    await expect(rest('x', url()).statusOf('CA1')).rejects.toThrow('not as documented');
    answer = (_, response) => void response.writeHead(200).end('<html>');
    await expect(rest('x', url()).isInConference('desk', 'CA1')).rejects.toThrow('not as documented');
  });

  it('and sends elsewhere gets no key there', async () => {
    answer = (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    await expect(rest('x', url()).statusOf('CA1')).rejects.toMatchObject({ code: 'carrier_unavailable' });
  });

  it('looks for a call among those in a conference', async () => {
    answer = (request, response) => {
      const body =
        request.url?.includes('Participants') === true
          ? { participants: [{ call_sid: 'CA1' }] }
          : { conferences: [{ sid: 'CF1' }] };
      json(200, body)(request, response);
    };
    expect(await rest('x', url()).isInConference('desk', 'CA1')).toBe(true);
    expect(await rest('x', url()).isInConference('desk', 'CA2')).toBe(false);
    expect(asked[0]).toContain('/Conferences.json?FriendlyName=desk');
  });
});
