import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { code, defineAgent, http, loadAgents, mcp, type ServedAgent, z } from '../../../contract/agent';
import { hostsOf, whyUnreachable } from '../../../ops/agent/reach';

const agentWith = async (...hosts: string[]): Promise<readonly ServedAgent[]> =>
  loadAgents(['desk'], () =>
    Promise.resolve({
      default: defineAgent({
        tools: {
          own: code({
            description: 'Own.',
            arguments: z.object({}),
            load: () => Promise.reject(new Error('no')),
            hosts,
          }),
          find: http({
            description: 'Finds.',
            url: 'https://api.desk.example/find/{day}',
            arguments: z.object({ day: z.string() }),
          }),
          desk: mcp({ url: 'https://mcp.desk.example:8443/mcp', tools: { look: 'look' } }),
        },
      }),
    }),
  );

describe('what tools reach', () => {
  const never = new AbortController().signal;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('is every host once, with TLS where a tool is declared to speak it', async () => {
    expect(hostsOf(await agentWith('db.desk.example:5432', 'api.desk.example'))).toEqual([
      { host: 'api.desk.example', port: 443, isTls: true },
      { host: 'db.desk.example', port: 5_432, isTls: false },
      { host: 'mcp.desk.example', port: 8_443, isTls: true },
    ]);
  });

  it('answers, or it is said why not', async () => {
    expect(await whyUnreachable({ host: '127.0.0.1', port, isTls: false }, never)).toBeUndefined();
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: nobody } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await whyUnreachable({ host: '127.0.0.1', port: nobody, isTls: false }, never)).toBe('ECONNREFUSED');
  });

  it('is not waited for once somebody has asked to stop', async () => {
    const stop = new AbortController();
    // It takes the connection, and never says a word of TLS.
    const asked = whyUnreachable({ host: '127.0.0.1', port, isTls: true }, stop.signal);
    stop.abort();
    expect(await asked).toBe('interrupted');
  });
});
