import { type AddressInfo, createServer, type Server } from 'node:net';
import { code, defineAgent, http, lambda, loadAgents, mcp, type ServedAgent, z } from '../../../contract/agent';
import { Aws } from '../../../ops/aws/aws';
import { tryFunctions } from '../../../ops/agent/tool-access';
import { parseSettings } from '../../../stacks/settings-file';
import { FakeFunctions } from '../../../testbed/fakes/aws';
import { testSettings } from '../support/project';
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

describe('functions of tools', () => {
  const FUNCTION = `arn:aws:lambda:eu-north-1:111111111111:function:`;
  const before = { ...process.env };
  let functions: FakeFunctions;

  beforeAll(async () => {
    functions = await FakeFunctions.start({ [`${FUNCTION}book`]: () => ({}) });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_LAMBDA: functions.url,
      AWS_ACCESS_KEY_ID: 'AKIAABCDEFGHIJKLMNOP',
      AWS_SECRET_ACCESS_KEY: 'abcdefghijklmnopqrstuvwxyz/+0123456789AB',
    });
  });
  afterAll(async () => {
    process.env = before;
    await functions.close();
  });

  it('are there or not, by a dry run that runs none of them', async () => {
    const settings = parseSettings('test.json', JSON.stringify(testSettings()));
    const aws = new Aws('eu-north-1', new AbortController().signal);
    const agents = await loadAgents(['desk'], () =>
      Promise.resolve({
        default: defineAgent({
          tools: {
            book: lambda({ description: 'Books.', function: 'book' }),
            lost: lambda({ description: 'Lost.', function: 'lost' }),
          },
        }),
      }),
    );
    const findings = await tryFunctions({ settings, region: 'eu-north-1', aws: () => aws }, agents);
    aws.close();
    expect(findings.map(({ status, subject, code }) => [status, subject, code])).toEqual([
      ['ok', `${FUNCTION}book`, undefined],
      ['failed', `${FUNCTION}lost`, 'not_found'],
    ]);
    expect(functions.invocations).toEqual([]);
  });
});

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
