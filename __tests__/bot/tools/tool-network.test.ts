import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { http } from '../../../contract/agent';
import { ToolNetwork } from '../../../bot/tools';
import { AllowedAddresses } from '../../../bot/tools/network/addresses';
import { systemClock } from '../../../bot/time';
import { parseCidr, parseToolHost } from '../../../contract/tool-network';
import { agentOf } from './support/agent-of';

const PRIVATE = [
  '127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '169.254.170.2', '100.64.0.1', '0.0.0.0',
  '224.0.0.1', '255.255.255.255', '192.0.0.8', '198.18.0.1', '::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1', 'ff02::1',
  '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::', '2002:a9fe:aa02::1',
  '2001:db8::1', 'localhost', '', '1.2.3', '0x7f.1',
]; // prettier-ignore
const PUBLIC = ['1.1.1.1', '52.94.5.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101', '2002:101:101::1'];

describe('addresses that tools connect to', () => {
  const internet = new AllowedAddresses();

  it.each(PRIVATE)('%j is refused', (address) => expect(internet.allows(address)).toBe(false));
  it.each(PUBLIC)('%s is allowed', (address) => expect(internet.allows(address)).toBe(true));

  it('a private network is allowed where it is named; what hands out credentials never is', () => {
    const some = new AllowedAddresses(['10.20.0.0/16', '169.254.0.0/16', '127.0.0.0/8', 'fd12::/16']);
    expect(['10.20.3.4', '::ffff:10.20.3.4', 'fd12::9'].map((address) => some.allows(address))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.21.0.1', '169.254.170.2', '127.0.0.1'].map((address) => some.allows(address))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('an address is judged alike in each of its forms', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`;
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const forms = [`::ffff:${plain}`, `::ffff:${hex}`, `64:ff9b::${plain}`, `2002:${hex}::1`];
        for (const form of forms) expect(internet.allows(form)).toBe(internet.allows(plain));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the tools' way to the internet", () => {
  const ask = async (url: string, addresses: readonly string[]) => {
    const asked: string[] = [];
    const network = new ToolNetwork({
      clock: systemClock,
      resolve: (host) => {
        asked.push(host);
        return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
      },
    });
    const { ask: run, log, close } = await agentOf({ find: http({ description: '', url }) }, { network });
    const answer = await run('find');
    await close();
    return { answer, asked, log: log.lines.join('') };
  };

  it.each([
    ['a name that resolves to a private address', 'https://api.clinic.example/', ['10.0.0.8']],
    [
      'one that resolves to the credentials of the task',
      'https://api.clinic.example/',
      ['169.254.170.2', '::ffff:169.254.170.2'],
    ],
    ['an address', 'https://169.254.169.254/latest/meta-data/', []],
    ['an address in another notation', 'https://2852039166/', []],
    ['an IPv6 address', 'https://[::1]:8443/', []],
    ['plain HTTP', 'http://api.clinic.example/', ['1.1.1.1']],
  ])('refuses %s by its host, before anything is sent', async (_what, url, addresses) => {
    const { answer, log } = await ask(url, addresses);
    expect(answer).toMatchObject({ outcome: 'tool_failed', mayHaveRun: false });
    expect(answer.told['error']).toBe('The service cannot be reached from here.');
    expect(log).toContain('has no address that tools may connect to');
  });

  it('connects to what was checked: the name is asked once', async () => {
    // Nothing listens there: the port of discard is closed on loopback.
    const asked: string[] = [];
    const network = new ToolNetwork({
      clock: systemClock,
      addresses: { allows: () => true },
      resolve: (host) => {
        asked.push(host);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    await expect(network.fetch('https://api.clinic.example:9/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(asked).toEqual(['api.clinic.example']);
    network.close();
  });

  it('a name that does not exist is a failure like any other', async () => {
    const network = new ToolNetwork({
      clock: systemClock,
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    const { ask: run, close } = await agentOf(
      { find: http({ description: '', url: 'https://nowhere.example/' }) },
      { network },
    );
    expect(await run('find')).toMatchObject({ outcome: 'tool_failed', mayHaveRun: false });
    await close();
  });
});

it('an answer that must have no body, and has one without an end, is not read to it', async () => {
  let onClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (onClosed = resolve));
  const server = createServer((_request, response) => {
    const more = (): void => void response.write('x'.repeat(65_536));
    response.on('drain', more).on('close', onClosed);
    response.writeHead(205);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const network = new ToolNetwork({ clock: systemClock, hosts: [{ host, origin: `http://${host}` }] });
  expect((await network.fetch(`http://${host}/`)).status).toBe(205);
  await closed;
  network.close();
  server.close();
});

describe('variables of the network', () => {
  it.each([
    ['api.clinic.example=http://127.0.0.1:4001', { host: 'api.clinic.example', origin: 'http://127.0.0.1:4001' }],
    [
      'api.clinic.example:8443=http://localhost:4001/',
      { host: 'api.clinic.example:8443', origin: 'http://localhost:4001' },
    ],
    ['api.clinic.example=http://10.0.0.1:4001', undefined],
    ['api.clinic.example=https://127.0.0.1:4001', undefined],
    ['api.clinic.example=http://127.0.0.1:4001/path', undefined],
    ['api.clinic.example', undefined],
    ['=http://127.0.0.1:1', undefined],
  ])('TOOL_HOSTS: %s', (raw, expected) => expect(parseToolHost(raw)).toEqual(expected));

  it.each(['10.0.0.0/8', 'fd00::/8'])('TOOL_PRIVATE_NETWORKS: %s', (raw) => expect(parseCidr(raw)).toBe(raw));
  it.each(['10.0.0.0', '10.0.0.0/33', '0.0.0.0/0', 'x/8', '10.0.0.0/8/8'])('TOOL_PRIVATE_NETWORKS: not %s', (raw) =>
    expect(parseCidr(raw)).toBeUndefined(),
  );
});
