import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFakeBedrock, type FakeBedrock } from '../../../../testbed/fakes/bedrock/server';
import { testOnlyTls } from '../../../../testbed/fakes/bedrock/tls/pair';
import { readWav } from '../../../../testbed/speech/wav';
import { SonicClient, type OutputEvent } from '../../../../testbed/clients/bedrock/sonic-client';

let sandbox: FakeBedrock;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'heard-'));
  sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'documented', recordTo: folder });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const audioBytes = (events: readonly OutputEvent[]): number =>
  events
    .filter((event) => event.name === 'audioOutput')
    .reduce((sum, { body }) => sum + Buffer.from(String(body['content']), 'base64').length, 0);

/** Events but audio, each as name and what matters in it. */
function shape(events: readonly OutputEvent[]): string[] {
  const text = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);
  const stage = (fields: unknown): string[] =>
    text(fields).map((json) => (JSON.parse(json) as { generationStage: string }).generationStage);
  return events
    .filter((event) => event.name !== 'audioOutput')
    .map(({ name, body }) =>
      [
        name,
        ...text(body['type']),
        ...text(body['role']),
        ...stage(body['additionalModelFields']),
        ...text(body['content']),
        ...text(body['stopReason']),
      ].join(' '),
    );
}

describe('a call through the unmodified SDK', () => {
  it('is greeted, event by event as the service does it', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().type('Say exactly: "Hi there. Bye."');
    const events = await client.turn();
    expect(shape(events)).toEqual([
      'completionStart',
      'contentStart TEXT ASSISTANT SPECULATIVE',
      'textOutput ASSISTANT Hi there.',
      'contentEnd TEXT PARTIAL_TURN',
      'contentStart AUDIO ASSISTANT FINAL',
      'contentEnd AUDIO PARTIAL_TURN',
      'contentStart TEXT ASSISTANT SPECULATIVE',
      'textOutput ASSISTANT Bye.',
      'contentEnd TEXT PARTIAL_TURN',
      'contentStart AUDIO ASSISTANT FINAL',
      'contentEnd AUDIO END_TURN',
      'contentStart TEXT ASSISTANT FINAL',
      'textOutput ASSISTANT Hi there.',
      'contentEnd TEXT PARTIAL_TURN',
      'contentStart TEXT ASSISTANT FINAL',
      'textOutput ASSISTANT Bye.',
      'contentEnd TEXT END_TURN',
      'usageEvent',
      'completionEnd END_TURN',
    ]);
    // "Hi there." is 0.54 s of tone, "Bye." the least of 0.5 s, at 24 kHz and two bytes a sample.
    expect(audioBytes(events)).toBe((0.54 + 0.5) * 48_000);
    const ids = (field: string): number => new Set(events.map(({ body }) => body[field])).size;
    expect([ids('completionId'), ids('promptName'), ids('sessionId')]).toEqual([1, 1, 1]);
    client.endPolitely();
    expect(await client.finished).toEqual({ error: undefined });
    const session = await sandbox.waitForSession((candidate) => candidate.endedWith?.kind === 'completed');
    expect(session.violations).toEqual([]);
    expect(session.voiceId).toBe('tiffany');
  });

  it('hears the answer sooner than it takes to say, and FINAL texts only when it has been said', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().type(`Say exactly: "${'x'.repeat(25)}."`);
    await client.turn();
    const session = sandbox.sessions.at(-1);
    const audio = session?.outputEvents.find((entry) => entry.name === 'audioOutput');
    const final = session?.outputEvents.findLast((entry) => entry.name === 'textOutput');
    const typed = session?.inputEvents.findLast((entry) => entry.name === 'textInput');
    if (audio === undefined || final === undefined || typed === undefined) throw new Error('nothing was said');
    const spokenMs = 26 * 60;
    expect(audio.lastAtMs).toBeLessThan(final.atMs);
    expect(final.atMs - typed.atMs).toBeGreaterThanOrEqual(spokenMs);
    client.abort();
  });

  it('hears itself in what the sandbox keeps, sample by sample, also as a WAV', async () => {
    const client = new SonicClient({ url: sandbox.url }).open();
    const spoken = Int16Array.from({ length: 5000 }, (_, i) => (i * 37) % 100);
    client.speak(spoken).endPolitely();
    await client.finished;
    const session = await sandbox.waitForSession((candidate) => candidate.heardPcm16k().length === 5000);
    await session.ended;
    expect(session.heardPcm16k()).toEqual(spoken);
    const file = `${sandbox.sessions.indexOf(session) + 1}-heard.wav`;
    expect(readdirSync(folder)).toContain(file);
    expect(readWav(path.join(folder, file))).toEqual({ rateHz: 16_000, samples: spoken });
    expect(session.inputEvents.map(({ name, count }) => `${name} ${count}`)).toEqual([
      'sessionStart 1',
      'promptStart 1',
      'contentStart 1',
      'textInput 1',
      'contentEnd 1',
      'contentStart 1',
      'audioInput 10',
      'contentEnd 1',
      'promptEnd 1',
      'sessionEnd 1',
    ]);
  });

  it('counts what it uses: deltas that add up to the totals', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().silence(1000).type('Say exactly: "Hi."');
    const first = await client.turn();
    const from = client.events.length;
    client.silence(1000).type('Say exactly: "Bye."');
    const second = await client.turn(from);
    type Usage = {
      details: { delta: { input: { speechTokens: number } }; total: { input: { speechTokens: number } } };
      totalTokens: number;
    };
    const usage = (events: OutputEvent[]): Usage =>
      events.find((event) => event.name === 'usageEvent')?.body as unknown as Usage;
    expect(usage(second).details.total.input.speechTokens).toBe(
      usage(first).details.delta.input.speechTokens + usage(second).details.delta.input.speechTokens,
    );
    expect(usage(first).details.delta.input.speechTokens).toBe(25);
    expect(usage(second).totalTokens).toBeGreaterThan(usage(first).totalTokens);
    client.abort();
  });

  it('does not mix with another at the same time', async () => {
    const clients = ['amy', 'matthew'].map((voiceId) => new SonicClient({ url: sandbox.url }).open({ voiceId }));
    clients.forEach((client, i) => client.type(`Say exactly: "I am ${i}."`));
    const turns = await Promise.all(clients.map((client) => client.turn()));
    expect(turns.map((events) => events.find((event) => event.name === 'textOutput')?.body['content'])).toEqual([
      'I am 0.',
      'I am 1.',
    ]);
    const audio = turns.map((events) => events.find((event) => event.name === 'audioOutput')?.body['content']);
    expect(audio[0]).not.toBe(audio[1]);
    clients.forEach((client) => client.abort());
  });

  it('leaves nothing behind when it is simply cut off', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().type('Say exactly: "Hi."');
    await client.until((event) => event.name === 'audioOutput');
    const session = sandbox.sessions.at(-1);
    client.abort();
    expect(await session?.ended).toEqual({ kind: 'client-gone' });
  });

  it('is told what it did wrong, in the stream and on record', async () => {
    const client = new SonicClient({ url: sandbox.url }).sessionStart().promptStart().openAudio();
    const { error } = await client.finished;
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: 'The first content must be the SYSTEM prompt',
    });
    const session = sandbox.sessions.at(-1);
    expect(session?.violations).toEqual([
      { event: 'contentStart', message: 'The first content must be the SYSTEM prompt' },
    ]);
    expect(await session?.ended).toEqual({
      kind: 'refused',
      type: 'validationException',
      message: 'The first content must be the SYSTEM prompt',
    });
  });

  it('is told so in the middle of speech, too', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().type('Say exactly: "This is a long sentence."');
    await client.until((event) => event.name === 'audioOutput');
    client.send({ audioInput: { promptName: client.promptName, contentName: 'other', content: 'AAAA' } });
    expect((await client.finished).error).toMatchObject({
      name: 'ValidationException',
      message: 'No open content found for audioInput',
    });
  });

  it('may send what no JSON parser reads, and is refused', async () => {
    const client = new SonicClient({ url: sandbox.url }).open().send('{"event":');
    expect((await client.finished).error?.message).toMatch(/^Unable to parse input chunk/);
  });
});

describe('over TLS', () => {
  it('is the same call', async () => {
    const tls = testOnlyTls();
    const secure = await startFakeBedrock({ voice: 'tone', dialect: 'documented', tls });
    expect(secure.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const client = new SonicClient({ url: secure.url, ca: tls.cert }).open().type('Say exactly: "Hi."');
    expect(audioBytes(await client.turn())).toBe(24_000);
    client.endPolitely();
    expect(await client.finished).toEqual({ error: undefined });
    await secure.close();
    expect(secure.connections).toBe(0);
  });

  it('is refused by a client that does not trust the certificate', async () => {
    const secure = await startFakeBedrock({ voice: 'tone', dialect: 'documented', tls: testOnlyTls() });
    expect((await new SonicClient({ url: secure.url }).open().finished).error).toBeInstanceOf(Error);
    expect(secure.sessions).toHaveLength(0);
    await secure.close();
  });
});

describe('the end of the sandbox', () => {
  it('ends its calls, its connections and those who wait, once however often it is asked', async () => {
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'documented' });
    const client = new SonicClient({ url: other.url }).open().type('Say exactly: "This is a long sentence."');
    await client.until((event) => event.name === 'audioOutput');
    const waiting = expect(other.waitForSession(() => false)).rejects.toThrow('closed');
    await Promise.all([other.close(), other.close()]);
    await waiting;
    expect(await other.sessions[0]?.ended).toEqual({ kind: 'sandbox-closed' });
    expect(other.connections).toBe(0);
    await client.finished;
  });

  it('keeps the audio of the last calls only', async () => {
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'documented', keepAudioOf: 1 });
    for (let call = 0; call < 2; call += 1) {
      const client = new SonicClient({ url: other.url }).open().silence(320);
      client.endPolitely();
      await client.finished;
      await other.sessions.at(-1)?.ended;
    }
    expect(other.sessions.map((session) => session.heardPcm16k().length)).toEqual([0, 5120]);
    await other.close();
  });

  it('says so when nobody came', async () => {
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'documented' });
    await expect(other.waitForSession(undefined, 50)).rejects.toThrow('No such session within 50 ms');
    await other.close();
  });
});
