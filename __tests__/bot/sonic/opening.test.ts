import { createServer, type AddressInfo, type LookupFunction } from 'node:net';
import type { BotError } from '../../../bot/errors';
import { testOnlyTls } from '../../../testbed/fakes/bedrock/tls/pair';
import { BedrockEnvironment } from './support/environment';

const refusedUrl = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
};

describe('opening a session', () => {
  let environment: BedrockEnvironment;

  beforeAll(async () => {
    environment = await BedrockEnvironment.start();
  });

  afterAll(() => environment.close());

  afterEach(() => environment.expectNothingLeft());

  it.each([
    [403, 'AccessDeniedException', 'model_access_denied'],
    [404, 'ResourceNotFoundException', 'model_not_found'],
    [403, 'UnrecognizedClientException', 'model_access_denied'],
  ])('HTTP %d %s is refused at once as %s', async (status, type, code) => {
    environment.sandbox.failNext({ kind: 'http-error', status, type });
    const before = environment.sandbox.sessions.length;
    await expect(environment.open()).rejects.toMatchObject({ name: 'BotError', code });
    expect(environment.sandbox.sessions.length - before).toBeLessThanOrEqual(1);
  });

  it('rule 7: "Invalid input request" is doubted, and the session opens at the next attempt', async () => {
    environment.sandbox.failNext({ kind: 'http-error', status: 400, type: 'ValidationException' });
    const { session } = await environment.open();
    await session.close();
  });

  it.each([
    [429, 'ThrottlingException'],
    [503, 'ServiceUnavailableException'],
    [500, 'InternalServerException'],
    [403, 'ExpiredTokenException'],
  ])('HTTP %d %s is tried again', async (status, type) => {
    environment.sandbox.failNext({ kind: 'http-error', status, type }, 'at-open', 2);
    const { session, events } = await environment.open();
    await session.close();
    expect(events.lines).toEqual(['closed']);
  });

  it('gives up when the service throttles again and again', async () => {
    environment.sandbox.failNext({ kind: 'http-error', status: 429 }, 'at-open', 4);
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_throttled', retryable: true });
  });

  it('a peer that speaks HTTP/1.1 only is the wrong endpoint', async () => {
    environment.sandbox.failNext({ kind: 'http1-peer' });
    await expect(environment.open()).rejects.toMatchObject({
      code: 'model_endpoint_invalid',
      cause: { kind: 'not-http2' },
    });
  });

  it.each(['rst-stream', 'tcp-fin', 'tcp-rst', 'end-stream', 'bad-crc'] as const)(
    '%s at once is survived',
    async (kind) => {
      environment.sandbox.failNext({ kind });
      const { session, events } = await environment.open();
      session.sendText('Say exactly: "Well."');
      await events.waitFor('turn ended');
      await session.close();
      expect(events.ends).toEqual([{ kind: 'closed' }]);
    },
  );

  it('a voice that does not exist ends the session with the service’s words', async () => {
    // Whether the refusal comes before or after the acceptance is the network's affair.
    const error = await environment.open({ voiceId: 'nobody' }).then(
      async ({ events }) => {
        await events.waitFor('failed');
        const [end] = events.ends;
        return end?.kind === 'failed' ? end.error : undefined;
      },
      (refusal: unknown) => refusal as BotError,
    );
    expect(error?.code).toBe('model_rejected_input');
    expect(error?.message).toContain('voiceId');
  });

  it('a call that ends during the opening leaves nothing', async () => {
    for (const delayMs of [0, 1, 5, 10, 20]) {
      const abort = new AbortController();
      const opening = environment.open({}, abort.signal);
      const timer = setTimeout(() => abort.abort(), delayMs);
      await opening.then(
        ({ session }) => session.close(),
        (error: unknown) => expect(error).toMatchObject({ code: 'model_unavailable' }),
      );
      clearTimeout(timer);
      await environment.expectNothingLeft();
    }
  });
});

describe('a peer that does not react', () => {
  let environment: BedrockEnvironment;

  beforeAll(async () => {
    environment = await BedrockEnvironment.start({
      client: { http2: { settingsTimeoutMs: 500 } },
      limits: { attemptTimeoutMs: 800 },
    });
  });

  afterAll(() => environment.close());

  afterEach(() => environment.expectNothingLeft());

  it.each([
    ['a peer that takes the connection and says nothing', { kind: 'no-settings' }],
    ['a peer that speaks HTTP/2 and does not answer', { kind: 'no-headers' }],
  ] as const)('%s is given up, and another attempt made', async (_, fault) => {
    environment.sandbox.failNext(fault);
    const { session } = await environment.open();
    await session.close();
  });

  it('a peer that never says anything is told as unreachable', async () => {
    environment.sandbox.failNext({ kind: 'no-settings' }, 'at-open', 4);
    await expect(environment.open()).rejects.toMatchObject({
      code: 'model_unreachable',
      cause: { kind: 'settings-timeout' },
    });
  });
});

describe('an endpoint that is not there', () => {
  it('refuses: the operator learns that nothing listens', async () => {
    const environment = await BedrockEnvironment.start({ client: { endpointUrl: await refusedUrl() } });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_unreachable', cause: { kind: 'refused' } });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('has no address', async () => {
    // Answered here, so that no name server is asked.
    const lookup: LookupFunction = (_name, _options, done) =>
      process.nextTick(done, Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), '', 4);
    const environment = await BedrockEnvironment.start({
      client: { endpointUrl: 'http://bedrock.invalid', http2: { connectOptions: { lookup } } },
    });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_unreachable', cause: { kind: 'dns' } });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('takes no connection', async () => {
    const environment = await BedrockEnvironment.start({
      // A name that is never resolved keeps the socket connecting, as a firewall that drops packets does.
      client: {
        endpointUrl: 'http://bedrock.invalid',
        http2: { connectTimeoutMs: 50, connectOptions: { lookup: () => undefined } },
      },
    });
    await expect(environment.open()).rejects.toMatchObject({
      code: 'model_unreachable',
      cause: { kind: 'connect-timeout' },
    });
    await environment.expectNothingLeft();
    await environment.close();
  });
});

describe('TLS', () => {
  it('with a trusted certificate: all is well', async () => {
    const { cert } = testOnlyTls();
    const environment = await BedrockEnvironment.start({
      sandbox: { tls: testOnlyTls() },
      client: { http2: { connectOptions: { ca: cert } } },
    });
    const { session, events } = await environment.open();
    session.sendText('Say exactly: "Safe."');
    await events.waitFor('turn ended');
    await session.close();
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('with a certificate that nobody trusts: refused for good', async () => {
    const environment = await BedrockEnvironment.start({ sandbox: { tls: testOnlyTls() } });
    await expect(environment.open()).rejects.toMatchObject({
      code: 'model_endpoint_invalid',
      cause: { kind: 'untrusted' },
    });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('that is HTTP/1.1 behind it: refused for good', async () => {
    const environment = await BedrockEnvironment.start({
      sandbox: { tls: testOnlyTls() },
      client: { http2: { connectOptions: { ca: testOnlyTls().cert } } },
    });
    environment.sandbox.failNext({ kind: 'http1-peer' });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_endpoint_invalid' });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('where there is none: refused for good', async () => {
    const plain = await BedrockEnvironment.start();
    const environment = await BedrockEnvironment.start({
      client: { endpointUrl: plain.sandbox.url.replace('http:', 'https:') },
    });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_endpoint_invalid', cause: { kind: 'tls' } });
    await environment.expectNothingLeft();
    await Promise.all([environment.close(), plain.close()]);
  });
});

describe('credentials', () => {
  it('that never come are told as such', async () => {
    const environment = await BedrockEnvironment.start({
      client: { credentials: () => new Promise(() => undefined) },
      limits: { attemptTimeoutMs: 100 },
    });
    await expect(environment.open()).rejects.toMatchObject({ code: 'credentials_unavailable' });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('that cannot be had are told as such', async () => {
    const failure = Object.assign(new Error('no metadata service'), { name: 'CredentialsProviderError' });
    const environment = await BedrockEnvironment.start({ client: { credentials: () => Promise.reject(failure) } });
    await expect(environment.open()).rejects.toMatchObject({ code: 'credentials_unavailable' });
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('that are wrong are told as such', async () => {
    for (const wrong of [{ accessKeyId: 'AKIDWRONG' }, { secretAccessKey: 'wrong' }]) {
      const right = { accessKeyId: 'x', secretAccessKey: 'y' };
      const environment = await BedrockEnvironment.start({
        client: { credentials: () => Promise.resolve({ ...right, ...wrong }) },
      });
      await expect(environment.open()).rejects.toMatchObject({ code: 'model_access_denied' });
      await environment.expectNothingLeft();
      await environment.close();
    }
  });

  it('are not replaced by a bearer token that happens to be in the environment', async () => {
    process.env['AWS_BEARER_TOKEN_BEDROCK'] = 'not-wanted';
    try {
      const environment = await BedrockEnvironment.start();
      const { session } = await environment.open();
      await session.close();
      await environment.expectNothingLeft();
      await environment.close();
    } finally {
      delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
    }
  });

  it('never appear in a log', async () => {
    const environment = await BedrockEnvironment.start({
      client: {
        credentials: () =>
          Promise.resolve({ accessKeyId: 'AKIDVISIBLE', secretAccessKey: 'sEcReT', sessionToken: 'tOkEn' }),
      },
    });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_access_denied' });
    expect(environment.logs.length).toBeGreaterThan(0);
    expect(environment.logs.join('')).not.toMatch(/sEcReT|tOkEn/);
    await environment.close();
  });
});
