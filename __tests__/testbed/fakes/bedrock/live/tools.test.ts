import { startFakeBedrock, type Behaviours, type FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { SonicClient, TIME_TOOL, type OutputEvent } from '../../../../../testbed/clients/bedrock/sonic-client';
import { beatsFor, isText, shape } from './support';

let sandbox: FakeBedrock;
let client: SonicClient;

beforeAll(async () => (sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'live', speechScale: 10 })));
afterAll(() => sandbox.close());
afterEach(() => client.abort());

const isToolUse = ({ name }: OutputEvent): boolean => name === 'toolUse';
const REFUSED = /^RequestId=[0-9a-f-]{36} : Invalid input request, please fix your input and try again\.$/;

/** Asks for the time; the id of the tool use that brings about. */
async function asked(behaviours: Partial<Behaviours>): Promise<string> {
  sandbox.behave(behaviours);
  client = new SonicClient({ url: sandbox.url }).openFed({ tools: [TIME_TOOL] }).type('What time is it in Paris?');
  return String((await client.until(isToolUse)).body['toolUseId']);
}

const contents = (): unknown[] => client.events.filter(isToolUse).map(({ body }) => body['content']);

describe('a tool, live', () => {
  it('S7: is used before any word; its result is answered in the same completion', async () => {
    const toolUseId = await asked({});
    client.toolResult(toolUseId, '{"spoken":"Noon."}');
    await client.spoken();
    expect(shape(client.events)).toEqual([
      'completionStart',
      'Start TOOL TOOL',
      'toolUse TOOL {"place":"Paris"}',
      'End TOOL TOOL_USE',
      'Start TEXT ASSISTANT SPECULATIVE',
      'text ASSISTANT Noon.',
      'End TEXT PARTIAL_TURN',
      'Start AUDIO ASSISTANT',
      'End AUDIO END_TURN',
    ]);
  });

  it('S7, tool-arguments-twice: has JSON in JSON', async () => {
    await asked({ toolArguments: 'twice' });
    expect(contents()).toEqual(['"{\\"place\\":\\"Paris\\"}"']);
  });

  it('S7, tool-arguments-object: has an object', async () => {
    await asked({ toolArguments: 'object' });
    expect(contents()).toEqual([{ place: 'Paris' }]);
  });

  it('S7, tool-arguments-pieces: has JSON over several events of one block', async () => {
    await asked({ toolArguments: 'pieces' });
    await client.until(({ name, body }) => name === 'contentEnd' && body['type'] === 'TOOL');
    expect(contents()).toHaveLength(2);
    expect(contents().join('')).toBe('{"place":"Paris"}');
    expect(new Set(client.events.filter(isToolUse).map(({ body }) => body['contentId'])).size).toBe(1);
  });

  it('S7, tool-filler: a turn of words ends before the result', async () => {
    const toolUseId = await asked({ toolFiller: 'spoken' });
    await client.spoken();
    expect(client.events.some(isText('One moment, please.'))).toBe(true);
    const from = client.events.length;
    client.toolResult(toolUseId, '{"spoken":"Noon."}');
    await client.spoken(from);
    expect(client.events.some(isText('Noon.'))).toBe(true);
  });

  it('S7, tool-chain: a second use follows the first result without a word', async () => {
    const first = await asked({ toolChain: 'two' });
    const from = client.events.length;
    client.toolResult(first, '{"spoken":"Noon."}');
    const second = String((await client.until(isToolUse, from)).body['toolUseId']);
    expect(second).not.toBe(first);
    expect(client.events.some(({ body }) => body['role'] === 'ASSISTANT')).toBe(false);
    client.toolResult(second, '{"spoken":"Half past."}');
    await client.until(isText('Half past.'));
  });

  it('S8, tool-audio-refused: more than 300 ms of audio meanwhile end the stream', async () => {
    await asked({ toolAudio: 'refused' });
    client.silence(288).silence(32);
    expect((await client.finished).error).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(REFUSED) as string,
    });
  });

  it('S8, tool-audio-refused: audio is welcome again after the result', async () => {
    const toolUseId = await asked({ toolAudio: 'refused' });
    client.silence(256).toolResult(toolUseId, '{"spoken":"Noon."}').silence(2000);
    await client.spoken();
  });

  it('S8, by default: audio flows on', async () => {
    const toolUseId = await asked({});
    client.silence(5000).toolResult(toolUseId, '{"spoken":"Noon."}');
    await client.spoken();
  });

  it('S9, tool-unanswered-silence: nothing comes of it, until another turn', async () => {
    await asked({ toolUnanswered: 'silence' });
    const from = client.events.length;
    await beatsFor(sandbox, 1200);
    expect(shape(client.events.slice(from)).filter((line) => line !== 'End TOOL TOOL_USE')).toEqual([]);
  });

  it.each([
    ['audio', ['Start AUDIO ASSISTANT', 'End AUDIO END_TURN']],
    ['text', ['Start TEXT ASSISTANT FINAL', 'text ASSISTANT ', 'End TEXT END_TURN']],
  ] as const)('S9, tool-unanswered-end: the turn ends without words, as empty %s', async (wordlessEnd, shapes) => {
    await asked({ toolUnanswered: 'end-turn', wordlessEnd });
    await client.until(({ name, body }) => name === 'contentEnd' && body['stopReason'] === 'END_TURN');
    expect(shape(client.events).slice(-shapes.length)).toEqual(shapes);
  });

  it('S9, tool-unanswered-end: the turn ends with nothing but usage', async () => {
    await asked({ toolUnanswered: 'end-turn', wordlessEnd: 'usage', completion: 'turn' });
    const from = client.events.length;
    const end = await client.until(({ name }) => name === 'completionEnd');
    expect(shape(client.events.slice(from)).filter((line) => line !== 'End TOOL TOOL_USE')).toEqual([
      'completionEnd END_TURN',
    ]);
    expect(end.body['stopReason']).toBe('END_TURN');
  });

  it('wordless-turns: no answer has words', async () => {
    sandbox.behave({ answers: 'wordless' });
    client = new SonicClient({ url: sandbox.url }).openFed().type('Hello!');
    await client.spoken();
    expect(client.names()).not.toContain('audioOutput');
    expect(client.names()).not.toContain('textOutput');
  });

  it.each([
    ['no JSON', 'half past ten', 'Tool Response parsing error'],
    ['a list', '[1]', 'Unsupported JSON type in Tool Result. Please provide the Tool Result as a JSON object'],
    ['a string', '"noon"', 'Unsupported JSON type in Tool Result. Please provide the Tool Result as a JSON object'],
    ['null', 'null', 'Unsupported JSON type in Tool Result. Please provide the Tool Result as a JSON object'],
  ])('S10: a result that is %s ends the stream', async (_, content, message) => {
    const toolUseId = await asked({ prefix: 'none' });
    client.toolResult(toolUseId, content);
    expect((await client.finished).error).toMatchObject({ name: 'ValidationException', message });
  });
});

describe('typed text, live', () => {
  const call = (behaviours: Partial<Behaviours>): SonicClient => {
    sandbox.behave(behaviours);
    client = new SonicClient({ url: sandbox.url }).open();
    return client;
  };
  const audio = (ms: number): SonicClient => client.speak(new Int16Array(ms * 16));
  /** What a second text is answered with shows that the first one never will be. */
  const next = async (): Promise<void> => {
    client.silence(100).type('Say exactly: "Second."');
    await client.until(isText('Second.'));
  };

  it('S11, typed-swallowed: is lost after 66 ms of audio, though it is paid for', async () => {
    call({});
    audio(66).type('Say exactly: "First."');
    await client.until(({ name }) => name === 'usageEvent');
    await next();
    expect(client.events.some(isText('First.'))).toBe(false);
  });

  it('S11, typed-swallowed: is answered after 68 ms of audio', async () => {
    call({});
    audio(68).type('Say exactly: "First."');
    await client.until(isText('First.'));
  });

  it('S11, typed-swallowed: needs audio of its own each time', async () => {
    call({});
    audio(500).type('Say exactly: "First."');
    await client.spoken();
    client.type('Say exactly: "Lost."');
    await next();
    expect(client.events.some(isText('Lost.'))).toBe(false);
  });

  it('is answered as late as an option says, text by text', async () => {
    const typedAnswerMs = (text: string): number => (text.includes('Late') ? 3_600_000 : 0);
    const other = await startFakeBedrock({ voice: 'tone', dialect: 'live', typedAnswerMs });
    client = new SonicClient({ url: other.url }).openFed().type('Say exactly: "Late."');
    const soon = new SonicClient({ url: other.url }).openFed().type('Say exactly: "Soon."');
    try {
      await soon.until(isText('Soon.'));
      expect(client.events.some(isText('Late.'))).toBe(false);
    } finally {
      soon.abort();
      await other.close();
    }
  });

  it('typed-cured: is answered once audio has followed', async () => {
    call({ typedUnfed: 'cured' });
    client.type('Say exactly: "First."');
    audio(32);
    await beatsFor(sandbox, 300);
    expect(client.names()).not.toContain('textOutput');
    audio(40);
    await client.until(isText('First.'));
  });

  it('that a client interrupts with audio ends the stream', async () => {
    call({ prefix: 'none' });
    const ids = { promptName: client.promptName, contentName: 'typed' };
    const textInputConfiguration = { mediaType: 'text/plain' };
    client.silence(100);
    client.send({ contentStart: { ...ids, type: 'TEXT', interactive: true, role: 'USER', textInputConfiguration } });
    audio(32);
    expect((await client.finished).error?.message).toBe(
      'Chat history should be sent completely before streaming audio.',
    );
  });
});
