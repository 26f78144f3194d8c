import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askForPlace } from '../../client/place';
import { StartRefused, Unreachable, UnsendableKey } from '../../client/problems';

let server: Server;
let baseUrl: string;
let answer: { status: number; body: string; headers?: Record<string, string> };
const asked: { url: string | undefined; key: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      asked.push({ url: req.url, key: req.headers.authorization, body });
      res.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bot/`;
});

afterEach(() => void asked.splice(0));
afterAll(() => server.close());

function ask(key?: string, signal = new AbortController().signal): ReturnType<typeof askForPlace> {
  return askForPlace({ baseUrl, key, signal });
}

describe('where a call takes place', () => {
  it('is at the bot itself, with the servers it names', async () => {
    answer = { status: 200, body: '{"sessionId":"a-1","iceConfig":{"iceServers":[{"urls":"stun:stun.example"}]}}' };

    expect(await ask('a-key')).toEqual({
      kind: 'webrtc',
      offerUrl: `${baseUrl}sessions/a-1/api/offer`,
      iceServers: [{ urls: 'stun:stun.example' }],
    });
    expect(asked).toEqual([{ url: '/bot/start', key: 'Bearer a-key', body: '{}' }]);
  });

  it("U1: is in a room at Daily, whose call machine may be a copy of the bot's own", async () => {
    const room = { sessionId: 'a-1', dailyRoom: 'https://team.daily.co/va-1', dailyToken: 't' };
    answer = { status: 200, body: JSON.stringify(room) };
    const place = { kind: 'daily', url: 'https://team.daily.co/va-1', token: 't' };
    expect(await ask()).toEqual({ ...place, bundleUrl: undefined });

    answer = { status: 200, body: JSON.stringify({ ...room, dailyBundleUrl: 'https://cdn.example/daily' }) };
    expect(await ask()).toEqual({ ...place, bundleUrl: 'https://cdn.example/daily' });
  });

  it('is refused with what the bot says of it', async () => {
    answer = { status: 503, body: '{"code":"at_capacity","detail":"All busy."}', headers: { 'Retry-After': '7' } };
    await expect(ask()).rejects.toMatchObject({
      status: 503,
      code: 'at_capacity',
      detail: 'All busy.',
      retryAfterSeconds: 7,
    });

    answer = { status: 502, body: '<html>Bad gateway</html>' };
    await expect(ask()).rejects.toEqual(new StartRefused({ status: 502 }));
    answer = { status: 200, body: '{}' };
    await expect(ask()).rejects.toThrow(StartRefused);
  });

  it.each(['schlüssel-schlüssel', 'clé', 'ключ', 'two words', 'line\nbreak', '🔑'])(
    'B2: the key %p is refused without a request',
    async (key) => {
      await expect(ask(key)).rejects.toThrow(UnsendableKey);
      expect(asked).toEqual([]);
    },
  );

  it('is not asked for any more once the caller has cancelled', async () => {
    const caller = new AbortController();
    answer = { status: 200, body: '{"sessionId":"a-1"}' };
    const place = ask(undefined, caller.signal);
    caller.abort(new Error('cancelled'));

    await expect(place).rejects.toThrow('cancelled');
  });

  it('cannot be had where nobody answers', async () => {
    const nobody = askForPlace({
      baseUrl: 'http://127.0.0.1:1/',
      key: undefined,
      signal: new AbortController().signal,
    });

    await expect(nobody).rejects.toThrow(Unreachable);
  });
});
