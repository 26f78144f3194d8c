import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createHttpServer, type HttpServer } from '../../../bot/http/server';
import { testTelemetry } from '../../support/telemetry';

const sockets: Socket[] = [];
const servers: HttpServer[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
});

type Limits = Parameters<typeof createHttpServer>[2];

async function listen(listener: RequestListener, limits: Limits = {}): Promise<{ server: HttpServer; port: number }> {
  const server = createHttpServer(listener, testTelemetry(), limits);
  servers.push(server);
  return { server, port: (await server.start('127.0.0.1', 0)).port };
}

/** A connection that keeps what it receives. */
async function dial(port: number): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, received: () => received, closed };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

it('headers that come byte by byte are cut off with 408', async () => {
  const { port } = await listen((_req, res) => res.end(), { headersTimeout: 100, connectionsCheckingInterval: 20 });
  const { socket, received, closed } = await dial(port);
  socket.write('GET / HTTP/1.1\r\nHost:');
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  expect(received()).toContain('"code":"request_timeout"');
});

it('a body that never comes is cut off with 408', async () => {
  const limits = { headersTimeout: 100, requestTimeout: 150, connectionsCheckingInterval: 20 };
  const { port } = await listen((req) => req.resume(), limits);
  const { socket, received, closed } = await dial(port);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 408 /);
});

it('bytes behind an answer that has begun end the connection, and nothing is written into that answer', async () => {
  const { port } = await listen((_req, res) => {
    res.writeHead(200, { 'Content-Length': '100' });
    res.write('half');
  });
  const { socket, received, closed } = await dial(port);
  socket.write(REQUEST);
  await once(socket, 'data');
  socket.write('no request\r\n\r\n');
  await closed;
  expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
});

describe('stopping', () => {
  it('ends idle connections at once, lets an answer under way finish, and takes no new connection', async () => {
    let arrived: (finish: () => void) => void = () => undefined;
    const slowArrived = new Promise<() => void>((resolve) => (arrived = resolve));
    const { server, port } = await listen((req, res) => {
      if (req.url === '/slow') arrived(() => res.end('done'));
      else res.end('quick');
    });
    const idle = await dial(port);
    idle.socket.write(REQUEST);
    await once(idle.socket, 'data');
    const slow = await dial(port);
    slow.socket.write(REQUEST.replace('/', '/slow'));
    const finish = await slowArrived;
    const stopped = server.stop(60_000);
    await idle.closed;
    finish();
    await slow.closed;
    expect(slow.received()).toContain('done');
    await stopped;
    await expect(dial(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('cuts off what does not finish in time, and may be asked for twice', async () => {
    let arrived: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const { server, port } = await listen(() => arrived());
    const { socket, closed } = await dial(port);
    socket.write(REQUEST);
    await hasArrived;
    const stopped = server.stop(50);
    expect(server.stop(60_000)).toBe(stopped);
    await stopped;
    await closed;
  });

  it('does no harm to a server that never started', async () => {
    const server = createHttpServer((_req, res) => res.end(), testTelemetry());
    await server.stop(0);
  });
});

it('an address that cannot be listened on is told by name of the variables', async () => {
  const server = createHttpServer((_req, res) => res.end(), testTelemetry());
  await expect(server.start('192.0.2.1', 0)).rejects.toMatchObject({
    code: 'listen_failed',
    message: expect.stringMatching(/HOST .*FAST_API_PORT .*\(EADDRNOTAVAIL\)/) as string,
  });
});

it('P12: too many idle connections: the idlest is closed for a new one, which is served, and one line says so', async () => {
  const telemetry = testTelemetry();
  const server = createHttpServer((_req, res) => res.end('ok'), telemetry, { maxConnections: 5 });
  servers.push(server);
  const { port } = await server.start('127.0.0.1', 0);
  const idle = [];
  for (let n = 0; n < 300; n += 1) idle.push(await dial(port));
  await Promise.all(idle.slice(0, 295).map(({ closed }) => closed));
  const fresh = await dial(port);
  fresh.socket.write(REQUEST);
  await once(fresh.socket, 'data');
  expect(fresh.received()).toMatch(/^HTTP\/1\.1 200 /);
  expect(telemetry.logged().filter(({ msg }) => msg === 'too many connections')).toHaveLength(1);
});

it('P12: a connection with a request under way is not closed for another', async () => {
  const answers: (() => void)[] = [];
  const { port } = await listen((_req, res) => void answers.push(() => res.end('done')), { maxConnections: 2 });
  const busy = [await dial(port), await dial(port)];
  for (const { socket } of busy) socket.write(REQUEST);
  while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const third = await dial(port);
  await third.closed;
  for (const answer of answers) answer();
  await Promise.all(busy.map(({ socket }) => once(socket, 'data')));
  for (const { received } of busy) expect(received()).toContain('done');
});
