import { request } from 'node:http';
import { startTestServer, type TestServer } from '../../support/http';

let server: TestServer;
afterEach(() => server.close());

/** A start as a page sends it that was loaded from `host` and led here by its DNS. */
function start(host: string): Promise<number> {
  const headers = { Host: host, Origin: `http://${host}`, 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, host: '127.0.0.1', method: 'POST', path: '/start', headers }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

describe('P10: the name by which a bot without a key is reached', () => {
  it.each(['attacker.example', 'attacker.example:7860', '127.0.0.1.attacker.example', 'localhost.attacker.example'])(
    'is none of the public DNS, which anybody may lead here: %s',
    async (host) => {
      server = await startTestServer();
      expect(await start(host)).toBe(403);
      expect(server.calls.status.activeCalls).toBe(0);
    },
  );

  it.each(['127.0.0.1:7860', '192.0.2.7', '[::1]:7860', 'localhost:7860', 'bot', 'studio.local', 'bot.localhost'])(
    'may be an address, or a name of the local network: %s',
    async (host) => {
      server = await startTestServer();
      expect(await start(host)).toBe(200);
    },
  );

  it('may be a host of ALLOWED_ORIGINS, and any with a key or behind a proxy', async () => {
    for (const env of [
      { ALLOWED_ORIGINS: 'https://voice.example' },
      { ALLOWED_ORIGINS: '*' },
      { TRUSTED_PROXIES: '1' },
    ]) {
      server = await startTestServer({ env });
      expect(await start('voice.example')).toBe(200);
      await server.close();
    }
    server = await startTestServer({ env: { START_API_KEY: 'start-key-0123456789' } });
    expect(await start('voice.example')).toBe(401);
  });
});
