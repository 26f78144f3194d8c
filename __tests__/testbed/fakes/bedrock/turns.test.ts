import { bundledScenario, startFakeBedrock, type FakeBedrock } from '../../../../testbed/fakes/bedrock/server';
import { readWav } from '../../../../testbed/speech/wav';
import { SonicClient, TIME_TOOL, type OutputEvent } from '../../../../testbed/clients/bedrock/sonic-client';

let sandbox: FakeBedrock;
let client: SonicClient;
const scenario = bundledScenario();
const [recording] = scenario.recordings;
if (recording === undefined) throw new Error('the scenario is empty');
const voice = readWav(recording.file).samples;
/** Speech that no scenario names. */
const murmur = (ms: number): Int16Array =>
  Int16Array.from({ length: ms * 16 }, (_, i) => Math.round(5000 * Math.sin(i / 7) * Math.sin(i / 900)));
const LONG =
  'Say exactly: "This sentence takes about three seconds to say out loud. And so does this one, which comes after it."';

beforeAll(async () => {
  const spoken = { ...recording, reply: 'Indeed.' };
  sandbox = await startFakeBedrock({
    voice: 'tone',
    dialect: 'documented',
    scenario: { recordings: [spoken, ...scenario.recordings.slice(1)] },
  });
});
afterAll(() => sandbox.close());
afterEach(() => client.abort());

const text = (event: OutputEvent): boolean => event.name === 'textOutput';
const isMarker = (event: OutputEvent): boolean => text(event) && event.body['content'] === '{ "interrupted" : true }';
const contents = (events: readonly OutputEvent[]): unknown[] =>
  events.filter(text).map(({ body }) => `${String(body['role'])}: ${String(body['content'])}`);
const audioOut = (event: OutputEvent): boolean => event.name === 'audioOutput';

describe('what is said to it', () => {
  it('is answered with its words when it is a recording that the scenario names', async () => {
    client = new SonicClient({ url: sandbox.url }).open().silence(500).speak(voice).silence(900);
    const events = await client.turn();
    expect(contents(events)).toEqual([
      'USER: he was not an ill disposed young man',
      'ASSISTANT: Indeed.',
      'ASSISTANT: Indeed.',
    ]);
    expect(JSON.parse(String(events[1]?.body['additionalModelFields']))).toEqual({ generationStage: 'FINAL' });
  });

  it('is honestly measured, not understood, when it is anything else', async () => {
    client = new SonicClient({ url: sandbox.url }).open().silence(500).speak(murmur(2000)).silence(900);
    await client.until((event) => event.name === 'contentStart' && event.body['type'] === 'AUDIO');
    const [user, answer] = contents(client.events);
    expect(user).toMatch(/^USER: \[2\.[0-3] seconds of speech\]$/);
    expect(answer).toMatch(/^ASSISTANT: I heard 2\.[0-3] seconds of speech, but I cannot understand words\.$/);
  });

  it.each([
    ['HIGH', 800],
    ['MEDIUM', 1200],
    ['LOW', 1600],
  ] as const)('is over after a pause that depends on the endpointing: %s', async (endpointing, pauseMs) => {
    client = new SonicClient({ url: sandbox.url })
      .open({ endpointing })
      .speak(murmur(600))
      .silence(pauseMs - 100);
    const session = await sandbox.waitForSession(
      (candidate) => candidate.heardPcm16k().length === (500 + pauseMs) * 16 && candidate === sandbox.sessions.at(-1),
    );
    expect(session.outputEvents).toEqual([]);
    client.silence(150);
    await client.until((event) => event.name === 'completionStart');
  });
});

describe('barge-in', () => {
  it('ends the audio that is being sent, says so, and answers what was said', async () => {
    client = new SonicClient({ url: sandbox.url }).open().type(LONG);
    await client.until(audioOut);
    client.speak(murmur(600));
    const marker = await client.until(isMarker);
    const end = client.events.findLast((event) => event.name === 'contentEnd' && event.body['type'] === 'AUDIO');
    expect(end?.body['stopReason']).toBe('INTERRUPTED');
    const completion = await client.until((event) => event.name === 'completionEnd');
    expect(completion.body['stopReason']).toBe('INTERRUPTED');
    expect(client.events.slice(client.events.indexOf(marker)).filter(audioOut)).toEqual([]);
    client.silence(900);
    await client.until((event) => event.name === 'textOutput' && event.body['role'] === 'USER');
  });

  it('is signalled, too, when everything has been sent but not everything can have been heard', async () => {
    client = new SonicClient({ url: sandbox.url }).open().type(LONG);
    await client.until(
      (event) =>
        event.name === 'contentEnd' && event.body['stopReason'] === 'END_TURN' && event.body['type'] === 'AUDIO',
    );
    client.speak(murmur(200));
    await client.until(isMarker);
    const end = await client.until((event) => event.name === 'completionEnd');
    expect(end.body['stopReason']).toBe('INTERRUPTED');
    const stages = client.events
      .filter((event) => event.name === 'contentStart' && event.body['type'] === 'TEXT')
      .map(
        ({ body }) =>
          (JSON.parse(String(body['additionalModelFields'])) as { generationStage: string }).generationStage,
      );
    // Two sentences announced; of the FINAL ones the last is the marker, so at most one sentence was heard.
    expect(stages.filter((stage) => stage === 'SPECULATIVE')).toHaveLength(2);
    expect(stages.filter((stage) => stage === 'FINAL').length).toBeLessThanOrEqual(2);
  });

  it('is none when the answer has been heard to its end', async () => {
    client = new SonicClient({ url: sandbox.url }).open().type('Say exactly: "Hi."');
    const events = await client.turn();
    client.speak(murmur(400)).silence(900);
    await client.until((event) => event.name === 'completionStart', events.length);
    expect(client.events.some(isMarker)).toBe(false);
  });

  it('happens by typing, as well: the new text is answered', async () => {
    client = new SonicClient({ url: sandbox.url }).open().type(LONG);
    await client.until(audioOut);
    client.type('Say exactly: "Hi."');
    await client.until(isMarker);
    const { body } = await client.until(
      (event) => event.name === 'completionEnd' && event.body['stopReason'] === 'END_TURN',
    );
    expect(body['promptName']).toBe(client.promptName);
    expect(contents(client.events).at(-1)).toBe('ASSISTANT: Hi.');
  });
});

describe('tools', () => {
  const ask = async (from = 0): Promise<string> => {
    const used = await client.until((event) => event.name === 'toolUse', from);
    return String(used.body['toolUseId']);
  };

  it('are asked for what they declare, and their result is spoken of in the same turn', async () => {
    client = new SonicClient({ url: sandbox.url }).open({ tools: [TIME_TOOL] }).type('What time is it in Paris?');
    const toolUseId = await ask();
    const used = client.events.find((event) => event.name === 'toolUse');
    expect(used?.body).toMatchObject({ toolName: 'get_current_time', content: '{"place":"Paris"}', role: 'TOOL' });
    client.toolResult(toolUseId, '{"spoken":"Noon."}');
    const events = await client.turn();
    expect(contents(events)).toEqual(['ASSISTANT: Noon.', 'ASSISTANT: Noon.']);
    expect(events.filter((event) => event.name === 'completionStart')).toHaveLength(1);
    expect(events.find((event) => event.name === 'contentEnd')?.body).toMatchObject({
      type: 'TOOL',
      stopReason: 'TOOL_USE',
    });
    expect(sandbox.sessions.at(-1)?.toolResults).toEqual([{ toolUseId, content: '{"spoken":"Noon."}' }]);
  });

  it('that fail are apologised for, with the reason', async () => {
    client = new SonicClient({ url: sandbox.url }).open({ tools: [TIME_TOOL] }).type('Time in Atlantis?');
    client.toolResult(await ask(), '{"error":"Sunk."}');
    await client.until(text);
    expect(contents(client.events)[0]).toBe('ASSISTANT: I am sorry, that did not work.');
  });

  it('that nobody declared are not asked for', async () => {
    client = new SonicClient({ url: sandbox.url }).open().type('What time is it in Paris?');
    await client.until(text);
    expect(contents(client.events)[0]).toBe('ASSISTANT: I have no tool for the time.');
  });

  it('are answered late: the result is spoken of after what was asked meanwhile', async () => {
    client = new SonicClient({ url: sandbox.url }).open({ tools: [TIME_TOOL] }).type('What time is it in Paris?');
    const toolUseId = await ask();
    client.type('Say exactly: "Hi."');
    await client.until(audioOut);
    client.toolResult(toolUseId, '{"spoken":"Noon."}');
    await client.until((event) => text(event) && event.body['content'] === 'Noon.');
    expect(contents(client.events)).toEqual(['ASSISTANT: Hi.', 'ASSISTANT: Hi.', 'ASSISTANT: Noon.']);
    const stops = client.events.filter((event) => event.name === 'completionEnd').map(({ body }) => body['stopReason']);
    expect(stops).toEqual(['INTERRUPTED', 'END_TURN']);
  });

  it('are answered once: a second result ends the stream', async () => {
    client = new SonicClient({ url: sandbox.url }).open({ tools: [TIME_TOOL] }).type('What time is it in Paris?');
    const toolUseId = await ask();
    client.toolResult(toolUseId, '{}').toolResult(toolUseId, '{}');
    expect((await client.finished).error?.message).toBe(`Tool result for toolUseId ${toolUseId} was given before`);
  });
});

describe('limits', () => {
  it('end a stream that is given neither audio nor text', async () => {
    const hurried = await startFakeBedrock({ voice: 'tone', dialect: 'documented', timeScale: 500 });
    client = new SonicClient({ url: hurried.url }).open();
    const { error } = await client.finished;
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/less than 55 seconds$/) as string,
    });
    await hurried.close();
  });

  it('end a stream in which nothing is begun', async () => {
    const hurried = await startFakeBedrock({ voice: 'tone', dialect: 'documented', timeScale: 500 });
    client = new SonicClient({ url: hurried.url }).sessionStart();
    expect((await client.finished).error?.message).toBe('Timed out waiting for input events');
    await hurried.close();
  });

  it('end a stream after eight minutes, however lively it is', async () => {
    const hurried = await startFakeBedrock({ voice: 'tone', dialect: 'documented', timeScale: 240 });
    client = new SonicClient({ url: hurried.url }).open();
    const timer = setInterval(() => client.silence(32), 15);
    const { error } = await client.finished;
    clearInterval(timer);
    expect(error).toMatchObject({
      name: 'ModelTimeoutException',
      message: 'Model has timed out in processing the request',
    });
    await hurried.close();
  });
});
