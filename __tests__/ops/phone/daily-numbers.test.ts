import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DailyDialIns } from '../../../ops/phone/daily-api';
import { setUpNumbers } from '../../../ops/phone/daily-numbers';
import { DailyFaults } from '../../../testbed/fakes/daily/faults';
import { RestApi } from '../../../testbed/fakes/daily/rest-api';
import { Rooms } from '../../../testbed/fakes/daily/rooms';
import { Telephone } from '../../../testbed/fakes/daily/telephone/telephone';

const KEY = 'key-of-the-domain';
const NUMBER = '+14155550100';
const HMAC = Buffer.alloc(32, 7).toString('base64');
const { signal } = new AbortController();

let server: Server;
let origin: string;

/* Daily's API, and beside it a bot that answers Daily's trial of an address. */
beforeAll(async () => {
  const rooms = new Rooms({ key: KEY, origin: () => origin });
  const api = new RestApi({ rooms, keys: [KEY], faults: new DailyFaults(), telephone: new Telephone(rooms) });
  server = createServer((req, res) => {
    if (req.url?.startsWith('/v1/') === true) void api.answer(req, res, new URL(req.url, origin).pathname.slice(3));
    else res.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const dialIns = (apiKey = KEY) => new DailyDialIns({ apiUrl: `${origin}/v1`, apiKey }, signal);
const run = (applies: boolean, path = '/phone/daily/dialin', hmac = HMAC) =>
  setUpNumbers(dialIns(), { numbers: { [NUMBER]: 'assistant' }, url: origin + path, hmac }, applies);

it('numbers at Daily are shown, set, found as they must be, and set anew when address or key have changed', async () => {
  const [shown] = await run(false);
  expect(shown).toMatchObject({ status: 'planned', subject: NUMBER });
  expect(shown?.text).toContain('room_creation_api is not set');
  expect(await run(true)).toMatchObject([{ status: 'changed' }]);
  expect(await run(false)).toMatchObject([{ status: 'ok', text: 'comes here, to the agent assistant' }]);
  const other = Buffer.alloc(32, 8).toString('base64');
  const [wrong] = await run(false, '/other', other);
  expect(wrong?.text).toMatch(/room_creation_api is .*\/dialin, must be .*\/other\nhmac must be/);
  expect(JSON.stringify(wrong)).not.toContain(HMAC);
  expect(await run(true, '/other', other)).toMatchObject([{ status: 'changed' }]);
  expect(await dialIns().list()).toHaveLength(1);
});

it('numbers at Daily cannot be asked for with a key that it does not know, or where it is not', async () => {
  await expect(dialIns('nobody').list()).rejects.toMatchObject({ code: 'credentials_refused' });
  const nowhere = new DailyDialIns({ apiUrl: 'http://127.0.0.1:1/v1', apiKey: KEY }, signal);
  await expect(nowhere.list()).rejects.toMatchObject({ code: 'no_network' });
  const url = 'http://127.0.0.1:1/gone';
  const findings = await setUpNumbers(dialIns(), { numbers: { '+14155550101': 'a' }, url, hmac: HMAC }, true);
  expect(findings).toMatchObject([{ status: 'failed', subject: '+14155550101' }]);
});
