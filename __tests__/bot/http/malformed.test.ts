import { connect } from 'node:net';
import { GOOD_SDP } from '../../support/fake-call-service';
import { startTestServer, type RequestOptions, type TestServer } from '../../support/http';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const START_KEY = 'start-key-0123456789';
const good = { Authorization: `Bearer ${START_KEY}` };
let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ env: { START_API_KEY: START_KEY }, logLevel: 'trace' });
});
afterEach(() => server.close());

/** A small generator of numbers that is the same in every run, so that a failure can be found again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Case extends RequestOptions {
  readonly method: string;
  readonly path: string;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const nestedObject = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

/** Bodies that are no JSON object, or too deep, whatever the route. */
const BROKEN_BODIES: readonly string[] = [
  '{',
  '}',
  '{"sdp":',
  '{"a":1}}',
  'null',
  'true',
  '42',
  '"text"',
  'undefined',
  "{'sdp':'x'}",
  '{"a":1,}',
  '\u0000\u0001\u0002',
  '<xml/>',
  'sdp=v%3D0&type=offer',
  '[]',
  '[1,2,3]',
  nested(100),
  nested(30_000),
  nestedObject(100),
  nestedObject(8000),
  `{"sdp":${nested(5000)},"type":"offer"}`,
  '{"__proto__":{"sdp":"x"},"constructor":{"prototype":{"type":"offer"}},"transport":1,"candidates":0}',
];

/** Values where others belong. */
const WRONG_VALUES: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[]],
  'x',
  '',
  'é'.repeat(500),
  { a: { b: 1 } },
];

/** Descriptions that no peer can answer. */
function garbageSdp(next: () => number): string {
  const at = Math.floor(next() * GOOD_SDP.length);
  const shapes = [
    () => 'garbage',
    () => GOOD_SDP.slice(0, Math.min(at, 60)),
    () => GOOD_SDP.replace('m=audio', `m=${String.fromCharCode(97 + Math.floor(next() * 26))}`),
    () => GOOD_SDP.replace('a=fingerprint', 'a=finger'),
    () => GOOD_SDP.replace('ice-ufrag', `ice-${at}`),
    () => '\u0000'.repeat(at + 1),
    () => 'v=0\r\n'.repeat(at),
  ];
  return shapes[Math.floor(next() * shapes.length)]!();
}

function* malformed(next: () => number): Generator<Case> {
  const routes = ['/start', '/connect', '/api/offer', '/sessions/none/api/offer'];
  for (const path of routes) {
    for (const body of BROKEN_BODIES) yield { method: 'POST', path, body, headers: JSON_TYPE };
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
      'application/jsonx',
    ]) {
      yield { method: 'POST', path, body: '{}', headers: { 'Content-Type': type } };
    }
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'made-up']) {
      yield { method: 'POST', path, body: '{}', headers: { ...JSON_TYPE, 'Content-Encoding': encoding } };
    }
    for (const charset of ['utf-16', 'latin1', 'x-unknown', '"']) {
      yield {
        method: 'POST',
        path,
        body: '{"a":',
        headers: { 'Content-Type': `application/json; charset=${charset}` },
      };
    }
    yield { method: 'POST', path, body: `{"a":"${'x'.repeat(300_000)}"}`, headers: JSON_TYPE };
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND', 'SEARCH', 'LOCK', 'REPORT']) yield { method, path };
    yield { method: 'POST', path, json: {}, headers: { Origin: 'https://evil.example' } };
    yield { method: 'POST', path, json: {}, headers: { Origin: '://' } };
  }
  for (const key of ['transport', 'enableDefaultIceServers', 'createDailyRoom', 'dailyRoomProperties']) {
    for (const value of [1, [], 'x', -0.5]) yield { method: 'POST', path: '/start', json: { [key]: value } };
  }
  for (const path of routes.slice(2)) {
    yield { method: 'POST', path, body: '{"sdp":"\\ud800","type":5}', headers: JSON_TYPE };
    for (const value of WRONG_VALUES) {
      yield { method: 'POST', path, json: { sdp: value, type: 'offer' } };
      yield { method: 'POST', path, json: { sdp: 'v=0', type: value } };
      yield { method: 'POST', path, json: { sdp: 'v=0', type: 'offer', pc_id: value ?? '?' } };
      yield { method: 'PATCH', path, json: { pc_id: value, candidates: [] } };
      yield { method: 'PATCH', path, json: { pc_id: 'pc', candidates: value } };
      yield { method: 'PATCH', path, json: { pc_id: 'pc', candidates: [value] } };
    }
    for (let i = 0; i < 100; i += 1) yield { method: 'POST', path, json: { sdp: garbageSdp(next), type: 'offer' } };
  }
  for (const path of [
    '/%',
    '/%zz',
    '/sessions/%/api/offer',
    '/calls/%ff',
    '/..%5c..',
    '/start%00',
    `/${'a'.repeat(9000)}`,
  ]) {
    for (const method of ['GET', 'POST', 'HEAD']) yield { method, path };
  }
  for (let i = 0; ; i += 1) yield mutated(i, next);
}

/** A good request with a few of its bytes changed. */
function mutated(index: number, next: () => number): Case {
  const bytes = Buffer.from(JSON.stringify({ sdp: GOOD_SDP, type: 'offer' }));
  // The first byte opens the object: without it nothing that follows is one.
  for (let change = 0; change < 1 + (index % 8); change += 1)
    bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
  bytes[0] = 0x5d;
  return { method: 'POST', path: index % 2 === 0 ? '/api/offer' : '/start', body: bytes, headers: JSON_TYPE };
}

/** Sends bytes as they are; resolves with all that comes back until the server ends the connection. */
function sendRaw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    socket.once('error', reject).once('close', () => resolve(received));
  });
}

const RAW: readonly (readonly [string, string | Buffer])[] = [
  ['no HTTP at all', 'hello there\r\n\r\n'],
  ['TLS on a plain port', Buffer.from('16030100a5010000a10303deadbeef', 'hex')],
  ['zeros', Buffer.alloc(64)],
  ['an unknown method', 'FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
  ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost x\r\n\r\n'],
  ['a header name with a space', 'GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n'],
  ['a control character in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\u0001c\r\n\r\n'],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['a length that is none', 'POST /start HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'],
  ['two lengths', 'POST /start HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  [
    'length and chunks at once (request smuggling)',
    'POST /start HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a chunk size that is none', 'POST /start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'],
];

async function expectGoodCallToWork(): Promise<void> {
  const start = await server.request('POST', '/start', { json: {}, headers: good });
  expect(start.status).toBe(200);
  const path = `/sessions/${String(start.json['sessionId'])}/api/offer`;
  const answer = await server.request('POST', path, { json: { sdp: GOOD_SDP, type: 'offer' } });
  expect(answer.status).toBe(200);
}

it('1,000 malformed requests each get a 4xx with a code, and a good call works after them', async () => {
  const cases = malformed(random(1));
  const wrong: unknown[] = [];
  for (let i = 0; i < 1000; i += 1) {
    const { method, path, ...options } = cases.next().value as Case;
    const headers = { ...good, ...options.headers };
    const answer = await server.request(method, path, { ...options, headers });
    const isProblem = method === 'HEAD' || typeof answer.json['code'] === 'string';
    if (answer.status < 400 || answer.status > 499 || !isProblem) {
      wrong.push({
        i,
        method,
        path: path.slice(0, 60),
        json: JSON.stringify(options.json ?? null).slice(0, 80),
        status: answer.status,
      });
    }
    expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|at Object/);
  }
  expect(wrong).toEqual([]);
  expect(server.calls.status.activeCalls).toBe(0);
  expect(server.telemetry.lines.join('')).not.toMatch(/start-key-0123456789|ice-ufrag|evil\.example/);
  await expectGoodCallToWork();
});

it.each(RAW)('%s on the bare socket gets a 4xx problem and the end of the connection', async (_what, bytes) => {
  const received = await sendRaw(bytes);
  expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(received).toMatch(/\r\nConnection: close\r\n/i);
  await expectGoodCallToWork();
});

it('bytes that are no request are counted, told as problems and leave no connection behind', async () => {
  const received = await sendRaw('hello there\r\n\r\n');
  const [head = '', body = ''] = received.split('\r\n\r\n');
  expect(head).toContain('Content-Type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'bad_request', requestId: expect.any(String) as string });
  expect((await server.request('GET', '/metrics')).text).toContain('voice_agent_http_malformed_total 1');
});

it('a connection that breaks off in the middle of a body harms nobody', async () => {
  for (let i = 0; i < 20; i += 1) {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(
          'POST /start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"',
          () => socket.resetAndDestroy(),
        );
      });
      socket.on('error', () => undefined).once('close', () => resolve());
    });
  }
  await expectGoodCallToWork();
});

it('an unasked second request behind a broken one is not answered into the first answer', async () => {
  const received = await sendRaw('GET /health HTTP/1.1\r\nHost: x\r\n\r\nBROKEN\r\n\r\n');
  expect(received.match(/HTTP\/1\.1 /g)?.length).toBeLessThanOrEqual(2);
  await expectGoodCallToWork();
});
