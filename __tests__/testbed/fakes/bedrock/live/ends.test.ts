import { Limits } from '../../../../../testbed/fakes/bedrock/limits';
import { LIVE } from '../../../../../testbed/fakes/bedrock/behaviours';
import { SCRIPTS, type ScriptName } from '../../../../../testbed/fakes/bedrock/scripts';
import { startFakeBedrock, type Behaviours, type FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { RawClient } from '../../../../../testbed/clients/bedrock/raw-client';
import { SonicClient } from '../../../../../testbed/clients/bedrock/sonic-client';
import { beatsFor, isAudio } from './support';

let sandbox: FakeBedrock;
let client: SonicClient | undefined;

/** A stand-in of its own: troubles are those of the first session. */
async function start(
  script: ScriptName,
  options: { timeScale?: number; speechScale?: number; more?: Partial<Behaviours> } = {},
): Promise<void> {
  sandbox = await startFakeBedrock({
    voice: 'tone',
    dialect: 'live',
    speechScale: options.speechScale ?? 10,
    timeScale: options.timeScale ?? 1,
    behaviours: { prefix: 'none', ...SCRIPTS[script].behaviours, ...options.more },
  });
}

afterEach(async () => {
  client?.abort();
  await sandbox.close();
});

function call(): SonicClient {
  client = new SonicClient({ url: sandbox.url }).openFed();
  return client;
}

/** Feeds silence all the time until the stream is ended. */
async function fed(quiet: SonicClient): Promise<{ readonly error: Error | undefined }> {
  const timer = setInterval(() => quiet.silence(32), 20);
  const end = await quiet.finished;
  clearInterval(timer);
  return end;
}

const IDLE =
  'Timed out waiting for audio bytes or interactive content. Please ensure gaps between audio bytes and interactive content are less than';

describe('S13: the idle limit', () => {
  it.each([
    ['idle-55', 55],
    ['idle-295', 295],
  ] as const)('%s: says so', async (script, seconds) => {
    await start(script, { timeScale: 1000 });
    const { error } = await call().finished;
    expect(error).toMatchObject({ name: 'ValidationException', message: `${IDLE} ${seconds} seconds` });
  });

  it('idle-295-of-silence: ends a stream that is fed silence all the time', async () => {
    await start('idle-295-of-silence', { timeScale: 590 });
    const { error } = await fed(call());
    expect(error?.message).toBe(`${IDLE} 295 seconds`);
  });

  it.each(['55', '295', '295-of-silence'] as const)('%s: comes exactly then', (idle) => {
    const limits = new Limits(0, 1, { ...LIVE, idle });
    const seconds = idle === '55' ? 55 : 295;
    limits.audioOpened(0);
    limits.audio(1000, false);
    limits.audio(2000, false);
    const lastMs = idle === '295-of-silence' ? 1000 : 2000;
    expect(limits.exceeded(lastMs + seconds * 1000 - 1)).toBeUndefined();
    expect(limits.exceeded(lastMs + seconds * 1000)?.message).toBe(`${IDLE} ${seconds} seconds`);
    limits.audio(3000, true);
    expect(limits.exceeded(lastMs + seconds * 1000)).toBeUndefined();
  });

  it('waits a minute for the first audio of a block, and says it differently', () => {
    const limits = new Limits(0, 1, LIVE);
    limits.audioOpened(0);
    expect(limits.exceeded(59_999)).toBeUndefined();
    expect(limits.exceeded(60_000)?.message).toBe('Timed out waiting for input events');
  });
});

describe('S14: the eight minutes', () => {
  it.each([
    ['eight-minutes', 'ModelTimeoutException'],
    ['eight-minutes-stream-error', 'ModelStreamErrorException'],
  ] as const)('%s: end it in the middle of a word', async (script, name) => {
    await start(script, { timeScale: 120, speechScale: 0.5, more: { idle: '295' } });
    const { error } = await fed(call().type(`Say exactly: "${'one word after the other '.repeat(39)}"`));
    expect(error).toMatchObject({
      name,
      message: expect.stringContaining(
        'Model has timed out in processing the request. Try your request again.',
      ) as string,
    });
    expect(client?.names()).toContain('audioOutput');
    expect(client?.events.some(({ name, body }) => name === 'contentEnd' && body['type'] === 'AUDIO')).toBe(false);
  });
});

describe('S15: trouble that is nobody’s fault', () => {
  it.each([
    ['instability', 'ValidationException', 'System instability detected. Please retry your request.'],
    [
      'unexpected-error',
      'InternalServerException',
      'The system encountered an unexpected error during processing. Try your request again.',
    ],
    ['invalid-input', 'ValidationException', 'Invalid input request, please fix your input and try again.'],
    ['content-filter', 'ValidationException', 'This request has been blocked by our content filters.'],
    [
      'reset-531',
      'ValidationException',
      'InternalErrorCode=531::RST_STREAM closed stream. HTTP/2 error code: NO_ERROR',
    ],
  ] as const)('%s: ends the first stream at its first answer, and no other', async (script, name, message) => {
    await start(script);
    expect((await call().type('Hello!').finished).error).toMatchObject({ name, message });
    await call().type('Hello!').until(isAudio);
  });

  it('premature-close: the first stream is gone right after the headers', async () => {
    await start('premature-close');
    expect((await call().finished).error).toBeInstanceOf(Error);
    expect(client?.events).toEqual([]);
    await call().type('Hello!').until(isAudio);
  });

  it('filter-after-history: spares a stream without history', async () => {
    await start('filter-after-history');
    client = new SonicClient({ url: sandbox.url }).sessionStart().promptStart().text('SYSTEM', 'Be kind.');
    client.text('USER', 'Hello.').text('ASSISTANT', 'Hello to you.').openAudio().silence(100).type('Hello!');
    expect((await client.finished).error?.message).toBe('This request has been blocked by our content filters.');
    await call().type('Hello!').until(isAudio);
  });
});

describe('S16: mute-stream', () => {
  it('says one usageEvent and no more', async () => {
    await start('mute-stream');
    call().type('Hello!');
    await client?.until(({ name }) => name === 'usageEvent');
    await beatsFor(sandbox, 500);
    expect(client?.events.map(({ name }) => name)).toEqual(['usageEvent']);
  });
});

describe('refusals', () => {
  it.each([
    ['request-id', /^RequestId=[0-9a-f]{8}-[0-9a-f-]{27} : Duplicate SYSTEM content/],
    ['error-code', /^InternalErrorCode=532::Duplicate SYSTEM content/],
    ['error-list', /^Error\(s\):\nError 1 : Duplicate SYSTEM content/],
    ['none', /^Duplicate SYSTEM content/],
  ] as const)('have a prefix: %s', async (prefix, text) => {
    await start('one-completion', { more: { prefix } });
    expect((await call().text('SYSTEM', 'Be brief.').finished).error?.message).toMatch(text);
    expect(sandbox.sessions[0]?.violations[0]?.message).toMatch(/^Duplicate/);
  });
});

describe('the response headers', () => {
  it('come once the prompt has been started, or after 20 s', async () => {
    await start('one-completion', { timeScale: 40 });
    const raw = await RawClient.open(sandbox.url);
    const session = await sandbox.waitForSession();
    await raw.headers;
    expect(performance.timeOrigin + performance.now() - session.openedAtMs).toBeGreaterThan(499);
    expect(session.inputEvents).toEqual([]);
    raw.close();
  });
});

describe('the path that AWS’s SDK for Python asks for', () => {
  it('ends with a bare question mark', async () => {
    await start('one-completion', { more: { headers: 'at-once' } });
    const raw = await RawClient.open(sandbox.url, {
      path: '/model/amazon.nova-2-5-sonic/invoke-with-bidirectional-stream?',
    });
    expect((await sandbox.waitForSession()).modelId).toBe('amazon.nova-2-5-sonic');
    raw.close();
  });
});
