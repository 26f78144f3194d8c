import { FakeCalls } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';

const START_API_KEY = 'start-key-of-this-test';
const SERVER_API_KEY = 'server-key-of-this-test';
const json = { agent: 'clinic', variables: { patient: 'Ana', age: 41, isNew: true } };
const asked = { name: 'clinic', variables: json.variables };
const startKey = { 'X-Api-Key': START_API_KEY };
const serverKey = { Authorization: `Bearer ${SERVER_API_KEY}` };

let server: TestServer;
afterEach(() => server.close());

describe('who answers, and data of the call', () => {
  it.each(['/start', '/connect'])('%s names them; the key says who gives the data', async (path) => {
    const calls = new FakeCalls();
    server = await startTestServer({ env: { START_API_KEY, SERVER_API_KEY }, calls });
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await server.request('POST', path, { json, headers })).status;
    expect(await ask(startKey)).toBe(200);
    expect(await ask(serverKey)).toBe(200);
    expect(await ask({ ...startKey, ...serverKey })).toBe(200);
    expect(await ask({ 'X-Api-Key': 'another-key-of-this-test' })).toBe(401);
    expect(calls.asked).toEqual([
      { ...asked, givenBy: 'browser' },
      { ...asked, givenBy: 'server' },
      { ...asked, givenBy: 'server' },
    ]);
  });

  it.each([
    ['{"agent": 7}', 'agent: '],
    ['{"variables": ["Ana"]}', 'variables: '],
    ['{"variables": {"patient": {"name": "Ana"}}}', 'variables.patient: '],
  ])('%s is refused with 400', async (body, why) => {
    server = await startTestServer();
    const answer = await server.request('POST', '/start', { body, headers: { 'Content-Type': 'application/json' } });
    expect([answer.status, answer.json['code']]).toEqual([400, 'bad_request']);
    expect(answer.json['detail']).toContain(why);
    expect(answer.json['detail']).not.toContain('Ana');
  });

  it('without a start key anybody may start a call, and still sets only what a browser may', async () => {
    const calls = new FakeCalls();
    server = await startTestServer({ env: { SERVER_API_KEY }, calls });
    await server.request('POST', '/start', { json });
    await server.request('POST', '/start', { json, headers: serverKey });
    expect(calls.asked.map((one) => one?.givenBy)).toEqual(['browser', 'server']);
  });
});
