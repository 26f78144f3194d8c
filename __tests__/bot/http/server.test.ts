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
