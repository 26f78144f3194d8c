import {
  audioInputEncoder,
  audioStart,
  DEFAULT_INFERENCE,
  goodbye,
  MAX_TEXT_INPUT_BYTES,
  promptStart,
  sessionStart,
  textBlock,
  toolResultBlock,
} from '../../../../bot/sonic/protocol/input-events';
import { EventRules } from '../../../../testbed/fakes/bedrock/rules';

function read(bytes: Buffer): { name: string; body: Record<string, unknown> } {
  const message = JSON.parse(bytes.toString('utf8')) as { event: Record<string, Record<string, unknown>> };
  const [[name, body] = ['', {}]] = Object.entries(message.event);
  return { name, body };
}

const TOOL = { name: 'get_time', description: 'Says the time.', inputSchema: { type: 'object', properties: {} } };

describe('input events', () => {
  it('pass the rules of a strict service in the order of a whole session', () => {
    const rules = new EventRules();
    const audio = audioInputEncoder('p', 'audio');
    const events = [
      sessionStart(DEFAULT_INFERENCE, 'MEDIUM'),
      promptStart('p', 'matthew', [TOOL]),
      ...textBlock('p', 'system', 'SYSTEM', 'Be kind. '.repeat(300), { interactive: false }),
      ...textBlock('p', 'h1', 'USER', 'Grüße '.repeat(400), { interactive: false }),
      ...textBlock('p', 'h2', 'ASSISTANT', 'Hello!', { interactive: false }),
      audioStart('p', 'audio'),
      audio(Buffer.alloc(1_024, 7)),
      ...textBlock('p', 'typed', 'USER', 'What time is it?', { interactive: true }),
    ];
    for (const event of events) expect(rules.check(read(event))).toMatchObject({ ok: true });
    rules.expectToolResult('t1');
    for (const event of [...toolResultBlock('p', 'r1', 't1', '{"time":"noon"}'), ...goodbye('p', 'audio')]) {
      expect(rules.check(read(event))).toMatchObject({ ok: true });
    }
    expect(rules.ended).toBe(true);
  });

  it('carry no NUL, control character or half of a surrogate pair (rule 10)', () => {
    const events = textBlock('p', 't', 'USER', 'a\u0000b\u0007c\ud800d\te\nf', { interactive: true });
    expect(events.map(read)[1]?.body['content']).toBe('abc\ufffdd\te\nf');
    expect(textBlock('p', 't', 'USER', '\u0000 \u0001', { interactive: true })).toEqual([]);
  });

  it('leave out both tool blocks when there are no tools', () => {
    const { body } = read(promptStart('p', 'tiffany', []));
    expect(Object.keys(body)).toEqual(['promptName', 'textOutputConfiguration', 'audioOutputConfiguration']);
  });

  it('give a tool’s schema as text of JSON', () => {
    const { body } = read(promptStart('p', 'tiffany', [TOOL]));
    expect(body['toolConfiguration']).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'get_time',
            description: 'Says the time.',
            inputSchema: { json: '{"type":"object","properties":{}}' },
          },
        },
      ],
    });
  });

  it('carry audio unchanged', () => {
    const pcm = Buffer.from(Int16Array.from({ length: 512 }, (_, i) => i * 64 - 16_384).buffer);
    const { name, body } = read(audioInputEncoder('p', 'a')(pcm));
    expect(name).toBe('audioInput');
    expect(body).toEqual({ promptName: 'p', contentName: 'a', content: pcm.toString('base64') });
  });

  it('carry quotes, newlines and emoji of typed text unchanged', () => {
    const text = 'She said: "no"\n\\o/ 🙂';
    const pieces = textBlock('p', 'c', 'USER', text, { interactive: true }).map(read);
    expect(pieces.map(({ name }) => name)).toEqual(['contentStart', 'textInput', 'contentEnd']);
    expect(pieces[1]?.body['content']).toBe(text);
  });

  it('split long text into pieces that the service takes', () => {
    const text = 'ß'.repeat(1_700);
    const pieces = textBlock('p', 'c', 'ASSISTANT', text, { interactive: false }).map(read);
    const contents = pieces.filter(({ name }) => name === 'textInput').map(({ body }) => String(body['content']));
    expect(contents.join('')).toBe(text);
    expect(Math.max(...contents.map((content) => Buffer.byteLength(content)))).toBeLessThanOrEqual(
      MAX_TEXT_INPUT_BYTES,
    );
  });

  it('make no block of blank text', () => {
    expect(textBlock('p', 'c', 'USER', ' \n', { interactive: true })).toEqual([]);
  });
});
