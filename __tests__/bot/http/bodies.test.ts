import express from 'express';
import { createHttpServer } from '../../../bot/http/server';
import { isDeeperThan } from '../../../bot/http/json-body';
import { answerProblems } from '../../../bot/http/problem';
import { assignRequestId } from '../../../bot/http/request-context';
import { GOOD_SDP } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';
import { testTelemetry } from '../../support/telemetry';

const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('a body', () => {
  let server: TestServer;
  beforeEach(async () => (server = await startTestServer()));
  afterEach(() => server.close());

  const post = (path: string, body: string, headers: Record<string, string> = JSON_TYPE) =>
    server.request('POST', path, { body, headers });

  it('may be nested 32 deep and no deeper', async () => {
    const nested = (depth: number): string => `{"body":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect((await post('/start', nested(32))).status).toBe(200);
    const deep = await post('/start', nested(33));
    expect([deep.status, deep.json['detail']]).toEqual([400, 'The body is nested too deep.']);
  });

  it('may be 64 KB for a start and 256 KB for an offer', async () => {
    const padded = (bytes: number): string => {
      const empty = JSON.stringify({ sdp: GOOD_SDP, type: 'offer', pad: '' });
      return empty.replace('"pad":"', `"pad":"${'x'.repeat(bytes - empty.length)}`);
    };
    expect((await post('/start', padded(65_536))).status).toBe(200);
    expect((await post('/start', padded(65_537))).json).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect((await post('/api/offer', padded(262_144))).status).toBe(200);
    expect((await post('/api/offer', padded(262_145))).json).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  it('must be JSON, and not compressed: a few bytes could become many', async () => {
    for (const headers of [{ 'Content-Type': 'text/plain' }, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }]) {
      expect((await post('/start', '{}', headers)).json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    }
    expect((await post('/start', '{}', { 'Content-Type': 'application/vnd.api+json; charset=utf-8' })).status).toBe(
      200,
    );
  });

  it('that cannot be parsed is not quoted back', async () => {
    const answer = await post('/start', '{"said": my secret words}');
    expect(answer.json['detail']).toBe('The body is not a JSON object.');
    expect(answer.text + server.telemetry.lines.join('')).not.toContain('secret');
  });
});

it.each([
  [1, 0, false],
  [{ a: 1 }, 0, true],
  [[], 1, false],
  [{ a: [{ b: 1 }] }, 3, false],
  [{ a: [{ b: 1 }] }, 2, true],
])('the depth of %j against %d', (value, depth, deeper) => {
  expect(isDeeperThan(value, depth)).toBe(deeper);
});

it('an answer that fails when it has begun is broken off, not finished with an error in its middle', async () => {
  const telemetry = testTelemetry();
  const app = express().use(assignRequestId());
  app.get('/', (_req, res) => {
    res.write('half');
    throw new Error('on the way');
  });
  app.use(answerProblems(telemetry.logger));
  const server = createHttpServer(app, telemetry);
  const { port } = await server.start('127.0.0.1', 0);
  try {
    await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow();
    expect(telemetry.logged()).toEqual([expect.objectContaining({ level: 'error', msg: 'request failed' })]);
  } finally {
    await server.stop(0);
  }
});
