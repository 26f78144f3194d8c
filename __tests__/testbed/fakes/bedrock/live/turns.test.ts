import { startFakeBedrock, type Behaviours, type FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { SonicClient, type OutputEvent } from '../../../../../testbed/clients/bedrock/sonic-client';
import { beatsFor, isAudio, isText, murmur, shape } from './support';

let sandbox: FakeBedrock;
let client: SonicClient;
const HEARD = /^\[\d\.\d seconds of speech\]$/;
const ANSWER = /^I heard/;

beforeAll(async () => (sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'live', speechScale: 5 })));
afterAll(() => sandbox.close());
afterEach(() => client.abort());

function call(behaviours: Partial<Behaviours> = {}): SonicClient {
  sandbox.behave(behaviours);
  client = new SonicClient({ url: sandbox.url, modelId: 'amazon.nova-2-5-sonic' }).openFed();
  return client;
}

const ask = (): SonicClient => client.speak(murmur(800)).silence(500);
const named = (name: string) => (event: OutputEvent) => event.name === name;
const final = (text: string) => (_: OutputEvent, at: number) =>
  isText(text)(client.events[at] as OutputEvent) && shape([client.events[at - 1] as OutputEvent])[0]?.endsWith('FINAL');

/** Waits for the FINAL text, which is word for word what was announced before. */
async function untilFinal(text: string, from = 0): Promise<void> {
  await client.until(() => client.events.some((event, at) => at >= from && final(text)(event, at) === true));
}

describe('a spoken turn, live', () => {
  it('S1: comes as it was recorded, in one completion that stays open', async () => {
    call();
    ask();
    await client.spoken();
    const shapes = shape(client.events);
    expect(shapes.slice(0, 6)).toEqual([
      'userSpeechStart',
      'completionStart',
      'userSpeechEnd',
      'Start TEXT USER FINAL',
      expect.stringMatching(/^text USER \[0\.\d/) as string,
      'End TEXT PARTIAL_TURN',
    ]);
    expect(shapes[6]).toBe('Start TEXT ASSISTANT SPECULATIVE');
    expect(shapes.slice(8, 11)).toEqual(['End TEXT PARTIAL_TURN', 'Start AUDIO ASSISTANT', 'End AUDIO END_TURN']);
    const answer = String(client.events.find(isText(ANSWER))?.body['content']);
    await untilFinal(answer);
    await client.until(() => shape(client.events).at(-1) === 'End TEXT END_TURN');
    expect(client.names()).not.toContain('completionEnd');
    expect(client.events.find(named('userSpeechStart'))?.body).toEqual({
      inputAudioOffsetMs: expect.any(Number) as number,
      promptName: client.promptName,
      sessionId: expect.any(String) as string,
    });
    const { inputAudioOffsetMs, inputAudioDetectionOffsetMs } = client.events.find(named('userSpeechEnd'))?.body ?? {};
    expect(Number(inputAudioDetectionOffsetMs) - Number(inputAudioOffsetMs)).toBe(400);
  });

  it('S2: two turns have one completion, which ends after promptEnd', async () => {
    call();
    ask();
    await client.spoken();
    await client.until(() => shape(client.events).at(-1) === 'End TEXT END_TURN');
    const second = client.events.length;
    ask();
    await client.spoken(second);
    const ids = new Set(client.events.map(({ body }) => body['completionId']).filter((id) => id !== undefined));
    expect(ids.size).toBe(1);
    expect(client.events.filter(named('completionStart'))).toHaveLength(1);
    client.endPolitely();
    expect(await client.finished).toEqual({ error: undefined });
    expect(shape(client.events).at(-1)).toBe('completionEnd END_TURN');
  });

  it('completion-per-turn: each turn has its own', async () => {
    call({ completion: 'turn' });
    ask();
    await client.turn();
    const second = client.events.length;
    ask();
    await client.turn(second);
    expect(new Set(client.events.filter(named('completionStart')).map(({ body }) => body['completionId'])).size).toBe(
      2,
    );
  });

  it('tells of usage again and again, from the first second, and silence is free', async () => {
    call();
    const first = await client.until(named('usageEvent'));
    expect(first.body).toMatchObject({ details: { delta: { input: { speechTokens: 0 } } } });
    client.silence(5000);
    ask();
    await client.spoken();
    expect(client.events.filter(named('usageEvent')).length).toBeGreaterThan(3);
    const total = client.events.findLast(named('usageEvent'))?.body['details'] as {
      total: { input: { speechTokens: number } };
    };
    expect(total.total.input.speechTokens).toBeGreaterThan(15);
    expect(total.total.input.speechTokens).toBeLessThan(50);
  });

  it('speech-end-after-text: userSpeechEnd follows the words', async () => {
    call({ speechEnd: 'after-text' });
    ask();
    await client.until(named('userSpeechEnd'));
    expect(client.events.some(isText(HEARD))).toBe(true);
  });

  it('user-fragments: the words come in several blocks', async () => {
    call({ userText: 'fragments' });
    ask();
    await client.until(isAudio);
    const said = client.events.filter(({ name, body }) => name === 'textOutput' && body['role'] === 'USER');
    expect(said).toHaveLength(2);
    expect(said.map(({ body }) => body['content']).join('')).toMatch(HEARD);
    expect(shape(client.events).filter((line) => line === 'End TEXT PARTIAL_TURN').length).toBeGreaterThanOrEqual(2);
  });

  it('every-end-ends: END_TURN comes for each block', async () => {
    call({ turnEnds: 'every' }).type('Say exactly: "One. Two."');
    await untilFinal('Two.');
    await client.until(() => shape(client.events).at(-1)?.startsWith('End') === true);
    expect(shape(client.events).filter((line) => line.startsWith('End') && !line.endsWith('END_TURN'))).toEqual([]);
  });

  it('continuation: later sentences begin with what joins them', async () => {
    call({ continuation: 'space' }).type('Say exactly: "One. Two."');
    await untilFinal(' Two.');
  });
});

describe('FINAL texts', () => {
  it('S3, withheld-final: three sentences; the last one stays unsaid until there is new input', async () => {
    call({ finals: 'withheld' }).type('Say exactly: "One. Two. Three."');
    await client.spoken();
    expect(shape(client.events).filter((line) => line.startsWith('End AUDIO'))).toEqual([
      'End AUDIO PARTIAL_TURN',
      'End AUDIO PARTIAL_TURN',
      'End AUDIO END_TURN',
    ]);
    await untilFinal('Two.');
    const before = client.events.length;
    await beatsFor(sandbox, 600);
    expect(client.events.slice(before).some(isText('Three.'))).toBe(false);
    client.silence(32);
    await untilFinal('Three.');
  });

  it('S2, late-finals: the FINAL of an answer comes after the next userSpeechStart', async () => {
    call({ finals: 'late' }).type('Say exactly: "One."');
    await client.spoken();
    await beatsFor(sandbox, 150);
    client.speak(murmur(300));
    await untilFinal('One.');
    const names = client.events.map(({ name }) => name);
    expect(names.indexOf('userSpeechStart')).toBeLessThan(names.lastIndexOf('textOutput'));
    expect(client.events.some(isText('{ "interrupted" : true }'))).toBe(false);
  });

  it('missing-finals: there are none', async () => {
    call({ finals: 'missing' }).type('Say exactly: "One."');
    await client.spoken();
    const session = sandbox.sessions.at(-1);
    await sandbox.waitForSession((one) => one === session && !one.speaking);
    const from = client.events.length;
    client.silence(100).type('Say exactly: "Two."');
    await client.spoken(from);
    expect(shape(client.events).filter((line) => line === 'Start TEXT ASSISTANT FINAL')).toEqual([]);
  });

  it('doubled-finals: each comes twice', async () => {
    call({ finals: 'doubled' }).type('Say exactly: "One."');
    await client.until(() => client.events.filter(isText('One.')).length === 3);
  });

  it('S17, no-stage: the texts come twice with nothing to tell them apart', async () => {
    call({ stage: 'missing' }).type('Say exactly: "One."');
    await client.until(() => client.events.filter(isText('One.')).length === 2);
    const starts = client.events.filter(named('contentStart'));
    expect(starts.every(({ body }) => !('additionalModelFields' in body))).toBe(true);
  });

  it('stage-object: the stage is an object', async () => {
    call({ stage: 'object' }).type('Say exactly: "One."');
    const start = await client.until(named('contentStart'));
    expect(start.body['additionalModelFields']).toEqual({ generationStage: 'SPECULATIVE' });
  });
});

describe('rates', () => {
  it.each([8000, 16_000, 24_000])('%i Hz are native both ways', async (rateHz) => {
    sandbox.behave({});
    client = new SonicClient({ url: sandbox.url }).sessionStart().promptStart([], 'tiffany', rateHz);
    client.text('SYSTEM', 'Be kind.').openAudio(undefined, rateHz).speak(murmur(800, rateHz));
    client.speak(new Int16Array((rateHz * 500) / 1000));
    await client.spoken();
    expect(client.events.find(isText(HEARD))?.body['content']).toMatch(/^\[(0\.[789]|1\.0)/);
    const from = client.events.length;
    client.type('Say exactly: "Hi."');
    await client.spoken(from);
    const start = client.events.findLast(({ name, body }) => name === 'contentStart' && body['type'] === 'AUDIO');
    const bytes = client.events
      .filter(({ name, body }) => name === 'audioOutput' && body['contentId'] === start?.body['contentId'])
      .reduce((sum, { body }) => sum + Buffer.from(String(body['content']), 'base64').length, 0);
    expect(bytes).toBe(rateHz);
    expect(start?.body['audioOutputConfiguration']).toMatchObject({ sampleRateHertz: rateHz });
  });
});
