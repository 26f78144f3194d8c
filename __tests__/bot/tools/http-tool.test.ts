import { gzipSync } from 'node:zlib';
import { bearer, http, secret, z } from '../../../contract/agent';
import { callFacts } from './support/requests';
import { agentOf } from './support/agent-of';
import { json, localServer, type Seen } from './support/local-server';

type Answer = Parameters<typeof localServer>[0];

const SECRET = 'sk-0123456789abcdef';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function setup(tool: Partial<Parameters<typeof http>[0]>, answer: Answer) {
  const server = await localServer(answer);
  const find = http({ description: 'Finds.', url: 'https://api.clinic.example/slots', ...tool });
  const agent = await agentOf({ find }, { origin: server.origin, secrets: { CLINIC_KEY: SECRET } });
  closing.push(agent.close, server.close);
  return { ...agent, seen: server.seen };
}

describe('a declared request', () => {
  it('puts arguments and variables into path and query, percent-encoded, and secrets into headers', async () => {
    const { ask, seen } = await setup(
      {
        url: 'https://api.clinic.example/{variables.site}/slots/{day}?near={near}',
        arguments: z.object({ day: z.string(), near: z.string(), doctor: z.string().optional() }),
        headers: { authorization: bearer(secret('CLINIC_KEY')) },
      },
      (_seen, response) => json(response, { slots: ['10:00'] }),
    );
    const call = callFacts({ variables: { site: 'north side' } });
    const { told } = await ask('find', { day: 'Mo/nday'.replace('/', ' '), near: 'a&b=c', doctor: 'Wu' }, call);
    expect(told).toEqual({ slots: ['10:00'] });
    const [request] = seen as [Seen];
    expect(request.url).toBe('/north%20side/slots/Mo%20nday?near=a%26b%3Dc&doctor=Wu');
    expect(request.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, host: 'api.clinic.example' });
    expect(request.headers['idempotency-key']).toBeUndefined();
  });

  it.each(['../admin', 'a/b', 'a\\b', '%2fadmin', 'a\r\nx: y', '..', ''])(
    'takes %j for no part of a path',
    async (day) => {
      const { ask, seen } = await setup(
        { url: 'https://api.clinic.example/slots/{day}', arguments: z.object({ day: z.string() }) },
        (_seen, response) => json(response, {}),
      );
      const { outcome, told } = await ask('find', { day });
      expect(outcome).toBe('tool_arguments_invalid');
      expect(told['error']).toMatch(/^day: /);
      expect(seen).toHaveLength(0);
    },
  );

  it('sends a body and a key that is the same for a repetition, where it changes something', async () => {
    const { ask, seen } = await setup(
      {
        method: 'POST',
        url: 'https://api.clinic.example/slots/{day}',
        arguments: z.object({ day: z.string(), name: z.string(), notify: z.boolean() }),
        query: ['notify'],
      },
      (_seen, response) => json(response, { booked: true }),
    );
    await ask('find', { day: 'Monday', name: 'Wu', notify: true });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/slots/Monday?notify=true', body: '{"name":"Wu"}' });
    expect(seen[0]?.headers['idempotency-key']).toMatch(/^call-1-use-\d+$/);
  });

  it('gives the model what the answer schema names, and nothing else', async () => {
    const { ask } = await setup(
      { answer: z.object({ slots: z.array(z.object({ time: z.string() })) }) },
      (_seen, response) => json(response, { internal: 'x', slots: [{ time: '10:00', patient: 'Wu' }] }),
    );
    expect((await ask('find')).told).toEqual({ slots: [{ time: '10:00' }] });
  });

  it('reads an answer that is compressed', async () => {
    const { ask } = await setup({}, (_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"open":true}'));
    });
    expect((await ask('find')).told).toEqual({ open: true });
  });

  it('says what the agent says of a status, and nothing of the body', async () => {
    const { ask, log } = await setup({ errors: { 404: 'There is no such patient.' } }, (_seen, response) =>
      json(response, { trace: 'at secret.js:1' }, 404),
    );
    const { outcome, json: text } = await ask('find');
    expect(outcome).toBe('tool_failed');
    expect(text).toContain('There is no such patient.');
    expect(text).not.toContain('trace');
    expect(log.lines.join('')).toContain('status 404');
  });
});

describe('a service that is not as it should be', () => {
  it.each<[string, Answer, string, string]>([
    ['answers HTML', (_s, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), 'web page', 'HTML'],
    ['has a fault', (_s, r) => json(r, { x: 1 }, 500), 'has a fault', 'status 500'],
    [
      'breaks off',
      (_s, r) => void r.writeHead(200, { 'content-type': 'application/json' }).write('{', () => r.destroy()),
      'could not be reached',
      '',
    ],
    [
      'answers broken JSON',
      (_s, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      'not understood',
      'broken JSON',
    ],
    [
      'answers an image',
      (_s, r) => r.writeHead(200, { 'content-type': 'image/png' }).end('x'),
      'not understood',
      'image/png',
    ],
    [
      'redirects to a private address',
      (_s, r) => r.writeHead(302, { location: 'http://169.254.170.2/v2/credentials' }).end(),
      'has moved',
      '169.254.170.2',
    ],
    [
      'redirects to another host',
      (_s, r) => r.writeHead(302, { location: 'https://evil.example/' }).end(),
      'has moved',
      'evil.example',
    ],
    [
      'redirects in a circle',
      (s, r) => r.writeHead(302, { location: `https://api.clinic.example/slots?n=${s.url.length}` }).end(),
      'has moved',
      'too often',
    ],
    [
      'answers 10 MB',
      (_s, r) =>
        r.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ x: 'y'.repeat(10_000_000) })),
      'too long',
      '64 KB',
    ],
    [
      'answers 10 MB in 10 KB',
      (_s, r) => {
        r.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        r.end(gzipSync(JSON.stringify({ x: 'y'.repeat(10_000_000) })));
      },
      'too long',
      '64 KB',
    ],
  ])('%s: the model is told so in words, the log why', async (_what, answer, words, reason) => {
    const { ask, log } = await setup({}, answer);
    const { outcome, told } = await ask('find');
    expect(outcome).toBe('tool_failed');
    expect(told['error']).toContain(words);
    expect(JSON.stringify(told)).not.toMatch(/https?:|evil|169/);
    expect(log.lines.join('')).toContain(reason);
  });

  it('is given up when its time is up, and the request ends', async () => {
    let gone: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (gone = resolve));
    const { ask } = await setup({ timeoutMs: 50 }, (_seen, response) => response.on('close', gone));
    expect((await ask('find')).outcome).toBe('tool_timed_out');
    await closed;
  });

  it('is followed to another page of its own', async () => {
    const { ask } = await setup({}, ({ url }, response) =>
      url === '/slots' ? response.writeHead(307, { location: '/moved' }).end() : json(response, { at: url }),
    );
    expect((await ask('find')).told).toEqual({ at: '/moved' });
  });

  it('is not followed by a request that changes something', async () => {
    const { ask, seen } = await setup({ method: 'POST' }, (_seen, response) =>
      response.writeHead(307, { location: '/moved' }).end(),
    );
    expect((await ask('find')).outcome).toBe('tool_failed');
    expect(seen).toHaveLength(1);
  });

  it('is asked once more where it wants to be left alone for a moment, if nothing is changed by it', async () => {
    const busyOnce: Answer = ({ method }, response) => {
      if (seen.length === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else json(response, { method });
    };
    const { ask, seen } = await setup({}, (...args) => busyOnce(...args));
    expect((await ask('find')).told).toEqual({ method: 'GET' });
    expect(seen).toHaveLength(2);
    const post = await setup({ method: 'POST' }, (_seen, response) =>
      response.writeHead(503, { 'retry-after': '0' }).end(),
    );
    expect((await post.ask('find')).told['error']).toContain('busy');
    expect(post.seen).toHaveLength(1);
  });
});

describe('a secret', () => {
  it('is masked where a service echoes it, in any form, and is in no log line', async () => {
    const key = 'p/a"ss+wörd-0123';
    const server = await localServer(({ headers }, response) =>
      json(response, {
        raw: key,
        encoded: encodeURIComponent(key),
        basic: Buffer.from(key).toString('base64'),
        sent: headers['x-key'],
      }),
    );
    const find = http({ description: '', url: 'https://api.clinic.example/', headers: { 'x-key': secret('KEY') } });
    const agent = await agentOf({ find }, { origin: server.origin, secrets: { KEY: 'p/a"ss+w-0123', OTHER: key } });
    closing.push(agent.close, server.close);
    const { json: text } = await agent.ask('find');
    expect(text).not.toContain('0123');
    expect(JSON.parse(text)).toEqual({
      raw: '***',
      encoded: '***',
      basic: expect.stringMatching(/^\*\*\*=*$/) as string,
      sent: '***',
    });
    expect(agent.log.lines.join('')).not.toContain('0123');
  });
});
