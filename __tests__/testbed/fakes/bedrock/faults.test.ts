import {
  startFakeBedrock,
  type Fault,
  type FaultTrigger,
  type FakeBedrock,
} from '../../../../testbed/fakes/bedrock/server';
import { testOnlyTls } from '../../../../testbed/fakes/bedrock/tls/pair';
import { RawClient } from '../../../../testbed/clients/bedrock/raw-client';
import { SonicClient, TIME_TOOL, type OutputEvent } from '../../../../testbed/clients/bedrock/sonic-client';
import { eventually } from '../../../support/eventually';

let sandbox: FakeBedrock;
let client: SonicClient;

beforeAll(async () => (sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'documented' })));
afterAll(() => sandbox.close());
afterEach(() => {
  client.abort();
  sandbox.clearFaults();
});

const LONG = 'Say exactly: "About one second."';
const audioOut = (event: OutputEvent): boolean => event.name === 'audioOutput';
const ended = (event: OutputEvent): boolean => event.name === 'completionEnd';

function call(text = 'Say exactly: "Hi."'): SonicClient {
  client = new SonicClient({ url: sandbox.url }).open({ tools: [TIME_TOOL] }).type(text);
  return client;
}

function failNext(fault: Fault, when?: FaultTrigger): SonicClient {
  sandbox.failNext(fault, when);
  return call(LONG);
}

/** Proves that the fault was for one session only. */
async function nextCallWorks(): Promise<void> {
  client.abort();
  await call().until(audioOut);
}

const codeOf = (error: NodeJS.ErrnoException | undefined): string | undefined => error?.code;

describe('a request that is refused before there is a stream', () => {
  it.each([
    [403, 'AccessDeniedException'],
    [404, 'ResourceNotFoundException'],
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
    [503, 'ServiceUnavailableException'],
  ])('with HTTP %i gives the SDK a typed exception', async (status, name) => {
    const { error } = await failNext({ kind: 'http-error', status }).finished;
    expect(error).toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
      message: expect.stringMatching(/\w/) as string,
    });
  });

  it('may carry any type and words', async () => {
    const fault: Fault = {
      kind: 'http-error',
      status: 400,
      type: 'ServiceQuotaExceededException',
      message: 'Twenty is enough.',
    };
    expect((await failNext(fault).finished).error).toMatchObject({
      name: 'ServiceQuotaExceededException',
      message: 'Twenty is enough.',
    });
  });
});

describe('an exception in the stream', () => {
  const types: [string, string][] = [
    ['internalServerException', 'InternalServerException'],
    ['modelStreamErrorException', 'ModelStreamErrorException'],
    ['modelTimeoutException', 'ModelTimeoutException'],
    ['serviceUnavailableException', 'ServiceUnavailableException'],
    ['throttlingException', 'ThrottlingException'],
    ['validationException', 'ValidationException'],
    ['somethingElseException', 'somethingElseException'],
  ];

  it.each(types)('%s at open', async (type, name) => {
    const { error } = await failNext({ kind: 'exception', type }).finished;
    expect(error?.name).toBe(name);
    expect(client.events).toEqual([]);
  });

  it.each(types)('%s in the middle of speech', async (type, name) => {
    const { error } = await failNext({ kind: 'exception', type, message: 'because' }, 'during-speech').finished;
    expect(error?.name).toBe(name);
    expect(error?.message).toMatch(/because/);
    expect(client.events.some(audioOut)).toBe(true);
    expect(client.events.some(ended)).toBe(false);
    expect((await sandbox.sessions.at(-1)?.ended)?.kind).toBe('fault');
  });

  it('of no modelled kind at all', async () => {
    const { error } = await failNext(
      { kind: 'error-message', code: 'InternalFailure', message: 'Oh no' },
      'after-first-event',
    ).finished;
    expect(String(error)).toMatch(/Oh no/);
  });

  it('is for one session, unless it is meant for more', async () => {
    sandbox.failNext({ kind: 'exception', type: 'throttlingException' }, 'at-open', 2);
    for (let i = 0; i < 2; i += 1) expect((await call().finished).error?.name).toBe('ThrottlingException');
    await call().until(ended);
  });
});

describe('a stream that is cut off', () => {
  // As the stock SDK shows it: most cuts look like an ordinary end.
  it.each<[Fault, unknown[]]>([
    [{ kind: 'rst-stream' }, [undefined]],
    [{ kind: 'rst-stream', code: 0 }, [undefined]],
    [{ kind: 'tcp-fin' }, [undefined]],
    [{ kind: 'end-stream' }, [undefined]],
    [{ kind: 'tcp-rst' }, ['ERR_STREAM_PREMATURE_CLOSE', undefined]],
  ])('in the middle of speech by %j', async (fault, codes) => {
    const { error } = await failNext(fault, 'during-speech').finished;
    expect(codes).toContain(codeOf(error));
    expect(client.events.some(audioOut)).toBe(true);
    expect(client.events.some(ended)).toBe(false);
    const session = sandbox.sessions.at(-1);
    client.abort();
    expect(await session?.ended).toEqual({ kind: 'fault', fault });
    await nextCallWorks();
  });

  it.each<[Fault]>([[{ kind: 'rst-stream' }], [{ kind: 'tcp-fin' }], [{ kind: 'end-stream' }], [{ kind: 'tcp-rst' }]])(
    'at open by %j',
    async (fault) => {
      await failNext(fault).finished;
      expect(client.events).toEqual([]);
      await nextCallWorks();
    },
  );

  it('by GOAWAY with an error', async () => {
    const { error } = await failNext({ kind: 'goaway', code: 2 }, 'during-speech').finished;
    expect(codeOf(error)).toBe('ERR_HTTP2_SESSION_ERROR');
    await nextCallWorks();
  });

  it('by GOAWAY without an error is not cut off', async () => {
    await failNext({ kind: 'goaway', code: 0 }, 'during-speech').until(ended);
    client.endPolitely();
    expect((await client.finished).error).toBeUndefined();
  });

  it('by a broken checksum', async () => {
    const { error } = await failNext({ kind: 'bad-crc' }, 'during-speech').finished;
    expect(error?.message).toMatch(/checksum/i);
    await nextCallWorks();
  });

  it('after a time, or now, in a session that is under way', async () => {
    await failNext({ kind: 'exception', type: 'modelStreamErrorException' }, { afterMs: 100 }).finished;
    expect(sandbox.sessions.at(-1)?.faults).toEqual([{ kind: 'exception', type: 'modelStreamErrorException' }]);
    await call(LONG).until(audioOut);
    sandbox.sessions.at(-1)?.fail({ kind: 'exception', type: 'throttlingException' });
    expect((await client.finished).error?.name).toBe('ThrottlingException');
  });
});

describe('a peer that does not answer', () => {
  const pending = async (): Promise<string> => Promise.race([client.finished.then(() => 'finished'), after(300)]);

  it('accepts the connection and sends no SETTINGS', async () => {
    failNext({ kind: 'no-settings' });
    const sessions = sandbox.sessions.length;
    expect(await pending()).toBe('nothing');
    expect(sandbox.sessions.length).toBe(sessions);
    await nextCallWorks();
  });

  it('never answers the request', async () => {
    failNext({ kind: 'no-headers' });
    expect(await pending()).toBe('nothing');
    await nextCallWorks();
  });

  it('answers and is silent, though it listens', async () => {
    failNext({ kind: 'silent' }).silence(320);
    expect(await pending()).toBe('nothing');
    expect(client.events).toEqual([]);
    const session = sandbox.sessions.at(-1);
    await sandbox.waitForSession((one) => one === session && one.heardPcm16k().length === 5120);
    await nextCallWorks();
  });

  it('falls silent in the middle of speech', async () => {
    await failNext({ kind: 'silent' }, 'during-speech').until(audioOut);
    expect(await pending()).toBe('nothing');
    expect(client.events.some(ended)).toBe(false);
  });

  it('goes deaf: says what it was saying and reacts to nothing more', async () => {
    await failNext({ kind: 'deaf' }, 'during-speech').until(ended);
    const before = client.events.length;
    client
      .type('hello')
      .speak(Int16Array.from({ length: 16_000 }, (_, i) => 5000 * Math.sin(i / 7)))
      .silence(900);
    expect(await pending()).toBe('nothing');
    expect(client.events.length).toBe(before);
  });

  it('stops reading, so that the client fills up', async () => {
    await failNext({ kind: 'stall' }, 'during-speech').until(audioOut);
    const heard = (): number => sandbox.sessions.at(-1)?.heardPcm16k().length ?? NaN;
    const before = heard();
    client.silence(20_000);
    expect(await pending()).toBe('nothing');
    // 64 KB of flow control hold about a second of audio.
    expect(heard() - before).toBeLessThan(3 * 16_000);
    await nextCallWorks();
  });

  it('loses the network: not even a PING is answered', async () => {
    const before = [...sandbox.sessions];
    const raw = await RawClient.open(sandbox.url);
    const session = await sandbox.waitForSession((candidate) => !before.includes(candidate));
    expect(await raw.ping()).toBe(true);
    session.fail({ kind: 'tcp-stall' });
    expect(await Promise.race([raw.ping(), after(300)])).toBe('nothing');
    raw.close();
    await nextCallWorks();
  });

  it('is slow', async () => {
    const start = performance.now();
    await failNext({ kind: 'slow', delayMs: 400 }).until(audioOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(400);
  });
});

describe('a peer that speaks nonsense', () => {
  it('sends an event that is not JSON and goes on', async () => {
    await failNext({ kind: 'garbage-json' }, 'during-speech').until(ended);
    expect(client.events.filter((event) => event.name === 'unreadable')).toHaveLength(1);
  });

  it('sends a payload that is not JSON', async () => {
    const { error } = await failNext({ kind: 'garbage-json', layer: 'payload' }, 'during-speech').finished;
    expect(error).toBeInstanceOf(Error);
  });

  it('sends an event that nobody knows and goes on', async () => {
    await failNext({ kind: 'unknown-event' }, 'after-first-event').until(ended);
    expect(client.names()).toContain('somethingNewEvent');
  });

  it('never ends its turn, until somebody barges in', async () => {
    sandbox.failNext({ kind: 'stuck-turn' });
    call();
    await client.until(audioOut);
    await after(900);
    expect(client.events.filter((event) => event.name === 'contentEnd' && event.body['type'] === 'AUDIO')).toEqual([]);
    expect(client.events.some(ended)).toBe(false);
    client.type('Say exactly: "Hi."');
    await client.until((event) => ended(event) && event.body['stopReason'] === 'END_TURN');
  });

  it('asks for a tool with arguments that are not JSON', async () => {
    sandbox.failNext({ kind: 'bad-tool-arguments' });
    const used = await call('What time is it in Paris?').until((event) => event.name === 'toolUse');
    expect(() => JSON.parse(String(used.body['content'])) as unknown).toThrow(SyntaxError);
    client.toolResult(String(used.body['toolUseId']), '{"error":"No such place."}');
    await client.until((event) => event.body['content'] === 'No such place.');
  });

  it.each(['on-user-turn', 'on-tool-use'] as const)('breaks off %s', async (when) => {
    sandbox.failNext({ kind: 'exception', type: 'modelStreamErrorException' }, when);
    const { error } = await call('What time is it in Paris?').finished;
    expect(error?.name).toBe('ModelStreamErrorException');
    expect(client.events.some((event) => event.name === 'toolUse')).toBe(when === 'on-tool-use');
  });

  it('breaks off when it is given the result of a tool', async () => {
    sandbox.failNext({ kind: 'rst-stream' }, 'on-tool-result');
    const used = await call('What time is it in Paris?').until((event) => event.name === 'toolUse');
    client.toolResult(String(used.body['toolUseId']), '{}');
    const { error } = await client.finished;
    // Node 26 tells the reader of a stream that it was reset; to older ones the stream just ends.
    expect([undefined, 'Stream closed with error code NGHTTP2_INTERNAL_ERROR']).toContain(error?.message);
    expect(client.names().at(-1)).toBe('contentEnd');
    expect(sandbox.sessions.at(-1)?.endedWith).toMatchObject({ kind: 'fault' });
  });

  it('knows HTTP/1.1 only', async () => {
    expect((await failNext({ kind: 'http1-peer' }).finished).error).toBeInstanceOf(Error);
    await nextCallWorks();
  });

  it('knows HTTP/1.1 only, over TLS', async () => {
    const tls = testOnlyTls();
    const secure = await startFakeBedrock({ voice: 'tone', dialect: 'documented', tls });
    secure.failNext({ kind: 'http1-peer' });
    client = new SonicClient({ url: secure.url, ca: tls.cert }).open();
    expect((await client.finished).error).toBeInstanceOf(Error);
    client = new SonicClient({ url: secure.url, ca: tls.cert }).open().type('hello');
    await client.until(audioOut);
    secure.sessions.at(-1)?.fail({ kind: 'tcp-rst' });
    await client.finished;
    await secure.close();
  });
});

describe('forty calls that go wrong', () => {
  it('leave no session, no connection and no beat of the pulse behind', async () => {
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'documented' });
    const faults: Fault[] = [
      { kind: 'exception', type: 'throttlingException' },
      { kind: 'http-error', status: 503 },
      { kind: 'rst-stream' },
      { kind: 'tcp-rst' },
      { kind: 'tcp-fin' },
      { kind: 'goaway', code: 2 },
      { kind: 'bad-crc' },
      { kind: 'http1-peer' },
    ];
    const calls = Array.from({ length: 40 }, (_, i) => {
      other.failNext(faults[i % faults.length] ?? { kind: 'end-stream' });
      return new SonicClient({ url: other.url }).open();
    });
    await Promise.all(calls.map((one) => one.finished));
    await Promise.all(other.sessions.map((session) => session.ended));
    await eventually(() => other.connections === 0, 'no connection is left');
    await other.close();
  });
});

describe('a fault that cannot happen when it is asked for', () => {
  it('is refused at once', () => {
    expect(() => sandbox.failNext({ kind: 'no-headers' }, 'during-speech')).toThrow('can happen only at open');
    expect(() => sandbox.failNext({ kind: 'http-error', status: 503 }, { afterMs: 10 })).toThrow(
      'can happen only at open',
    );
  });

  it('is refused in a session that is open', async () => {
    await call(LONG).until(audioOut);
    expect(() => sandbox.sessions.at(-1)?.fail({ kind: 'http1-peer' })).toThrow('only before a stream is open');
  });
});

function after(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('nothing'), ms));
}
