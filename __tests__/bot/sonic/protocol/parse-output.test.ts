import { parseOutput } from '../../../../bot/sonic/protocol/parse-output';

const parse = (value: unknown) => parseOutput(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const place = { sessionId: 's', promptName: 'p', completionId: 'c', contentId: 'k' };
const at = { completionId: 'c', contentId: 'k' };

describe('reading output events', () => {
  it.each([
    [{ completionStart: place }, { kind: 'completion-start', ...at }],
    [{ completionEnd: { ...place, stopReason: 'END_TURN' } }, { kind: 'completion-end', ...at }],
    [{ textOutput: { ...place, content: 'Hi' } }, { kind: 'text', ...at, text: 'Hi' }],
    [{ audioOutput: { ...place, content: 'AAA=' } }, { kind: 'audio', ...at, base64: 'AAA=' }],
    [
      { contentEnd: { ...place, type: 'AUDIO', stopReason: 'END_TURN' } },
      { kind: 'block-end', ...at, type: 'AUDIO', stopReason: 'END_TURN' },
    ],
    [
      { toolUse: { ...place, toolName: 'get_time', toolUseId: 't', content: '{"place":"Paris"}' } },
      { kind: 'tool-use', ...at, toolUseId: 't', name: 'get_time', json: '{"place":"Paris"}' },
    ],
    [
      { toolUse: { ...place, toolName: 'get_time', toolUseId: 't', content: { place: 'Paris' } } },
      { kind: 'tool-use', ...at, toolUseId: 't', name: 'get_time', json: '{"place":"Paris"}' },
    ],
    [{ userSpeechStart: { inputAudioOffsetMs: 0, promptName: 'p', sessionId: 's' } }, { kind: 'speech-start' }],
    [{ userSpeechEnd: { inputAudioOffsetMs: 1, inputAudioDetectionOffsetMs: 2 } }, { kind: 'speech-end' }],
  ])('%j', (event, expected) => {
    expect(parse({ event })).toEqual(expected);
  });

  it.each([
    ['{"generationStage":"SPECULATIVE"}', 'speculative'],
    ['{"generationStage":"FINAL"}', 'final'],
    [{ generationStage: 'SPECULATIVE' }, 'speculative'],
    [{ generationStage: 'FINAL' }, 'final'],
    ['not json', 'unmarked'],
    ['"SPECULATIVE"', 'unmarked'],
    [undefined, 'unmarked'],
  ])('takes the stage of a block from %j', (additionalModelFields, stage) => {
    const contentStart = { ...place, type: 'TEXT', role: 'ASSISTANT', additionalModelFields };
    expect(parse({ event: { contentStart } })).toEqual({
      kind: 'block-start',
      ...at,
      type: 'TEXT',
      role: 'ASSISTANT',
      stage,
    });
  });

  it('takes the deltas of usage, and 0 for what is missing or absurd', () => {
    const details = { delta: { input: { speechTokens: 4, textTokens: -1 }, output: { speechTokens: 'x' } }, total: {} };
    expect(parse({ event: { usageEvent: { ...place, details } } })).toEqual({
      kind: 'usage',
      usage: { inputSpeechTokens: 4, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 },
    });
  });

  it('names an event it does not know, and no more than a name’s length of it', () => {
    expect(parse({ event: { mood: {} } })).toEqual({ kind: 'unknown', name: 'mood' });
    expect(parse({ event: { ['x'.repeat(1_000)]: {} } })).toEqual({ kind: 'unknown', name: 'x'.repeat(64) });
  });

  it.each([
    'not json',
    '',
    '[]',
    'null',
    '{}',
    '{"event":null}',
    '{"event":[]}',
    '{"event":{}}',
    '{"event":{"audioOutput":"x"}}',
    '{"event":{"audioOutput":{"content":5}}}',
    '{"event":{"textOutput":{}}}',
    '{"event":{"contentStart":{"type":"TEXT"}}}',
    '{"event":{"toolUse":{"toolName":"a"}}}',
    '{"event":{"usageEvent":{"details":3}}}',
  ])('calls %s malformed instead of throwing', (text) => {
    expect(parse(text).kind).toBe('malformed');
  });
});
