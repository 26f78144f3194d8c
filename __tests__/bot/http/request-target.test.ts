import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestServer, type TestServer } from '../../support/http';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { BROWSER_REDIRECT: 'false' } });
});
afterAll(() => server.close());

/** Sends a request line as it is. */
async function ask(line: string, host = 'Host: 127.0.0.1'): Promise<{ status: number; type: string; body: string }> {
  const socket = connect(server.port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.write(`${line}\r\n${host}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  const [head = '', body = ''] = received.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    type: /^content-type: (\S+?);?(?: |$)/im.exec(head)?.[1] ?? '',
    body,
  };
}

describe('P8: a request target', () => {
  it.each(['GET http://x/health HTTP/1.1', 'GET HTTPS://user@x:1/health?a=b HTTP/1.1', 'GET /health? HTTP/1.1'])(
    '%s is served: a server takes the absolute form, too',
    async (line) => {
      expect(await ask(line)).toMatchObject({ status: 200, type: 'application/json' });
    },
  );

  it.each([
    'GET http://x:99999/ready HTTP/1.1',
    'GET http://[/ready HTTP/1.1',
    'GET http:// HTTP/1.1',
    'GET ftp://x/health HTTP/1.1',
    'GET health HTTP/1.1',
    'GET ?deep=1 HTTP/1.1',
    'OPTIONS * HTTP/1.1',
  ])('%s is refused with a problem', async (line) => {
    const { status, type, body } = await ask(line);
    expect([status, type]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ code: 'bad_request' });
  });

  it.each([
    ['without a Host', 'X-None: here'],
    ['with an expectation nobody knows', 'Host: x\r\nExpect: miracles'],
  ])('%s is refused with a problem, where Node answers with nothing', async (_what, headers) => {
    const { status, type, body } = await ask('GET /health HTTP/1.1', headers);
    expect([status, type]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ code: 'bad_request' });
  });

  it.each([
    'GET //x/health HTTP/1.1',
    'GET //[ HTTP/1.1',
    'GET /ready?deep=%zz&%&=&&& HTTP/1.1',
    'GET /%zz HTTP/1.1',
    'GET /calls/% HTTP/1.1',
    'GET /..%2f..%2fetc/passwd HTTP/1.1',
    'GET http://x//%5c..%5c HTTP/1.1',
    'GET /a\\..\\b HTTP/1.1',
    'DELETE /;=%00 HTTP/1.1',
  ])('%s is no fault of ours, and never answered in HTML', async (line) => {
    const { status, type } = await ask(line);
    expect(status).toBeLessThan(500);
    expect(type).toMatch(/json$/);
  });
});
