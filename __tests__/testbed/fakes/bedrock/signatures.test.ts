import { crc32 } from '../../../../testbed/fakes/bedrock/crc32';
import { startFakeBedrock, type FakeBedrock } from '../../../../testbed/fakes/bedrock/server';
import { messages, RawClient } from '../../../../testbed/clients/bedrock/raw-client';
import { SonicClient, type ClientOptions } from '../../../../testbed/clients/bedrock/sonic-client';

let sandbox: FakeBedrock;
const raw: RawClient[] = [];

beforeAll(async () => (sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'documented' })));
afterEach(() => raw.splice(0).forEach((client) => client.close()));
afterAll(() => sandbox.close());

async function open(options: Parameters<typeof RawClient.open>[1] = {}): Promise<RawClient> {
  const client = await RawClient.open(sandbox.url, options);
  raw.push(client);
  return client;
}

describe("the SDK's request", () => {
  const refusal = async (
    options: Omit<ClientOptions, 'url'>,
  ): Promise<Error & { $metadata?: { httpStatusCode?: number } }> => {
    const client = new SonicClient({ url: sandbox.url, ...options }).sessionStart();
    const { error } = await client.finished;
    if (error === undefined) throw new Error('was accepted');
    return error;
  };
  const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const MINUTE = 60_000;

  it.each<[string, Omit<ClientOptions, 'url'>, string, number, RegExp]>([
    [
      'a wrong secret',
      { credentials: { ...key, secretAccessKey: 'wrong' } },
      'InvalidSignatureException',
      403,
      /^The request signature we calculated does not match/,
    ],
    [
      'an unknown key',
      { credentials: { ...key, accessKeyId: 'AKIAUNKNOWN' } },
      'UnrecognizedClientException',
      403,
      /^The security token included in the request is invalid\.$/,
    ],
    [
      'a session token that nobody gave out',
      { credentials: { ...key, sessionToken: 'stale' } },
      'UnrecognizedClientException',
      403,
      /security token/,
    ],
    [
      'a clock ten minutes late',
      { systemClockOffset: -10 * MINUTE },
      'InvalidSignatureException',
      403,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/,
    ],
    [
      'a clock ten minutes early',
      { systemClockOffset: 10 * MINUTE },
      'InvalidSignatureException',
      403,
      /^Signature not yet current: \d{8}T\d{6}Z is still later than .* \+ 5 min\.\)$/,
    ],
    [
      'another region',
      { region: 'us-east-1' },
      'InvalidSignatureException',
      403,
      /^Credential should be scoped to a valid region, not 'us-east-1'/,
    ],
    ['a Bedrock API key', { token: 'bedrock-api-key' }, 'AccessDeniedException', 403, /API keys cannot be used/],
    [
      'an unknown model',
      { modelId: 'amazon.nova-9-sonic-v1:0' },
      'ValidationException',
      400,
      /^The provided model identifier is invalid\.$/,
    ],
    [
      'the model that has ended',
      { modelId: 'amazon.nova-sonic-v1:0' },
      'ResourceNotFoundException',
      404,
      /reached the end of its life/,
    ],
  ])('is refused with %s', async (_, options, name, status, message) => {
    const before = sandbox.sessions.length;
    const error = await refusal(options);
    expect({ name: error.name, status: error.$metadata?.httpStatusCode }).toEqual({ name, status });
    expect(error.message).toMatch(message);
    expect(sandbox.sessions.length).toBe(before);
  });

  it('is accepted with a clock that is four minutes off', async () => {
    const client = new SonicClient({ url: sandbox.url, systemClockOffset: -4 * MINUTE })
      .open()
      .type('Say exactly: "Hi."');
    await client.until((event) => event.name === 'audioOutput');
    client.endPolitely();
    expect(await client.finished).toEqual({ error: undefined });
  });

  it('is accepted with the session token that was given out', async () => {
    const credentials = { ...key, sessionToken: 'FwoGZXIvYXdzE/session' };
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'documented', credentials, region: 'us-west-2' });
    const client = new SonicClient({ url: other.url, credentials, region: 'us-west-2' })
      .open()
      .type('Say exactly: "Hi."');
    await client.until((event) => event.name === 'audioOutput');
    client.abort();
    await other.close();
  });
});

describe('a request made by hand', () => {
  it.each<[string, Parameters<typeof RawClient.open>[1], number, string]>([
    ['no Authorization', { change: { authorization: undefined } }, 403, 'MissingAuthenticationTokenException'],
    [
      'half an Authorization',
      { change: { authorization: 'AWS4-HMAC-SHA256 Credential=x' } },
      403,
      'IncompleteSignatureException',
    ],
    [
      'a header changed after it was signed',
      { change: { 'content-type': 'application/json' } },
      403,
      'InvalidSignatureException',
    ],
    [
      'another payload hash',
      { signed: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
      403,
      'InvalidSignatureException',
    ],
    ['another content type', { signed: { 'content-type': 'application/json' } }, 415, 'ValidationException'],
    ['another operation', { path: '/model/amazon.nova-2-sonic-v1%3A0/invoke' }, 404, 'UnknownOperationException'],
    ['no model', { path: '/model//invoke-with-bidirectional-stream' }, 404, 'UnknownOperationException'],
  ])('is refused with %s', async (_, options, status, type) => {
    const answer = await (await open(options)).answer;
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([status, type]);
    expect(JSON.parse(answer.body.toString())).toEqual({ message: expect.any(String) as string });
  });

  it('is answered at once, before anything has been sent', async () => {
    const client = await open();
    await client.event({ sessionStart: { inferenceConfiguration: { maxTokens: 1, topP: 1, temperature: 1 } } });
    const session = await sandbox.waitForSession((candidate) => candidate.endedWith === undefined);
    expect(session.modelId).toBe('amazon.nova-2-sonic-v1:0');
    await client.send(undefined);
    client.end();
    expect((await client.answer).status).toBe(200);
    expect(await session.ended).toEqual({ kind: 'client-ended' });
  });
});

describe('messages in the stream', () => {
  const start = { sessionStart: { inferenceConfiguration: { maxTokens: 1, topP: 1, temperature: 1 } } };
  const last = async (client: RawClient): Promise<[string, unknown] | undefined> =>
    messages((await client.answer).body).at(-1);

  it('are refused when a signature is wrong, though the ones before were right', async () => {
    const client = await open();
    await client.event(start);
    await client.send('{}', { damage: resignWithZeros });
    expect(await last(client)).toEqual([
      'InvalidSignatureException',
      { message: expect.stringMatching(/wrong-signature/) as string },
    ]);
    expect(sandbox.sessions.at(-1)?.violations).toHaveLength(1);
  });

  it('are refused when one is missing from the chain', async () => {
    const client = await open();
    await client.event(start);
    await client.send('{}', { lost: true });
    await client.send('{}');
    expect((await last(client))?.[0]).toBe('InvalidSignatureException');
  });

  it.each<[string, Parameters<RawClient['send']>[1], string, RegExp]>([
    ['signed ten minutes ago', { signedAt: new Date(Date.now() - 600_000) }, 'InvalidSignatureException', /skewed/],
    [
      'with a broken checksum',
      { damage: (message) => message.writeUInt8(message.readUInt8(20) ^ 1, 20) },
      'validationException',
      /checksum/,
    ],
    [
      'of another type',
      { headers: { ':event-type': 'ping', ':message-type': 'event' } },
      'validationException',
      /type chunk/,
    ],
    [
      'that are no events',
      { headers: { ':event-type': 'chunk', ':message-type': 'exception' } },
      'validationException',
      /type chunk/,
    ],
  ])('are refused when %s', async (_, options, type, message) => {
    const client = await open();
    await client.send('{"bytes":""}', options);
    expect(await last(client)).toEqual([type, { message: expect.stringMatching(message) as string }]);
  });

  it('are refused when they hold no message within', async () => {
    const client = await open();
    client.write(Buffer.from('GET / HTTP/1.1\r\nhost: nowhere\r\n\r\n'));
    expect((await last(client))?.[0]).toBe('validationException');
  });

  it('must end with an empty one', async () => {
    const client = await open();
    await client.event(start);
    client.end();
    expect(await last(client)).toEqual([
      'validationException',
      { message: 'The request ended without its empty last message' },
    ]);
  });

  it('must end where a message ends', async () => {
    const client = await open();
    client.write(Buffer.from([0, 0, 1]));
    client.end();
    expect(await last(client)).toEqual(['validationException', { message: 'The request ended within a message' }]);
  });

  it('may not follow the empty one', async () => {
    const client = await open();
    await client.event(start);
    await client.send(undefined);
    await client.event(start);
    expect(await last(client)).toEqual(['validationException', { message: 'Message after the empty last message' }]);
  });
});

/** Replaces the signature by zeros and repairs the checksum, so that only the signature is wrong. */
function resignWithZeros(message: Buffer): void {
  const name = message.indexOf(':chunk-signature');
  const value = name + ':chunk-signature'.length + 3;
  message.fill(0, value, value + 32);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
}
