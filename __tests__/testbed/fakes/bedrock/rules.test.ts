import type { InputEvent } from '../../../../testbed/fakes/bedrock/input';
import { EventRules } from '../../../../testbed/fakes/bedrock/rules';
import { audioContentStart, promptStart, TIME_TOOL } from '../../../../testbed/clients/bedrock/sonic-client';
import {
  P,
  inference,
  event,
  sessionStart,
  withoutTools,
  withTools,
  audioOpen,
  audio,
  end,
  promptEnd,
  sessionEnd,
  FRAME,
  textStart,
  textInput,
  text,
  toolResult,
  system,
  opening,
  open,
  run,
  refusal,
} from './support/input-events';

describe('the order of input events', () => {
  it('accepts a whole call: history, audio, typed text, a tool result, a polite end', () => {
    const results = run(
      [
        ...opening,
        ...text('USER', 'h1', 'hello'),
        ...text('ASSISTANT', 'h2', 'hello to you'),
        audioOpen,
        audio(FRAME),
        ...text('USER', 'typed', 'what time is it?', true),
        audio(FRAME),
        ...toolResult('use-1', 'result'),
        audio(FRAME),
        end('audio'),
        promptEnd,
        sessionEnd,
      ],
      ['use-1'],
    );
    const kinds = results.map((result) => (result.ok ? result.accepted.kind : result.violation.message));
    expect(kinds.filter((kind) => kind !== 'prepared')).toEqual([
      'session-started',
      'prompt-started',
      'text',
      'text',
      'text',
      'audio-opened',
      'audio',
      'text',
      'audio',
      'tool-result',
      'audio',
      'audio-closed',
      'prompt-ended',
      'session-ended',
    ]);
  });

  it('tells typed text from history, and puts the pieces of one text together', () => {
    const results = run([
      ...opening,
      textStart('USER', 'h', true),
      textInput('h', 'one '),
      textInput('h', 'two'),
      end('h'),
      audioOpen,
      ...text('USER', 't', 'typed', true),
    ]);
    const texts = results.flatMap((result) => (result.ok && result.accepted.kind === 'text' ? [result.accepted] : []));
    expect(texts.map(({ role, interactive, text: words }) => [role, interactive, words])).toEqual([
      ['SYSTEM', false, 'words'],
      ['USER', false, 'one two'],
      ['USER', true, 'typed'],
    ]);
  });

  it.each<[string, InputEvent[], string]>([
    ['anything before sessionStart', [withTools], 'Unexpected promptStart, expected sessionStart'],
    ['sessionStart twice', [sessionStart, sessionStart], 'Unexpected sessionStart, expected promptStart'],
    [
      'content before promptStart',
      [sessionStart, textStart('SYSTEM', 's')],
      'Unexpected contentStart, expected promptStart',
    ],
    ['promptStart twice', [...opening, withTools], 'Unexpected promptStart, a prompt is open'],
    [
      'audio before the SYSTEM prompt',
      [sessionStart, withTools, audioOpen],
      'The first content must be the SYSTEM prompt',
    ],
    [
      'history before the SYSTEM prompt',
      [sessionStart, withTools, textStart('USER', 'u')],
      'The first content must be the SYSTEM prompt',
    ],
    ['a second SYSTEM prompt', [...opening, textStart('SYSTEM', 's2')], 'Only one SYSTEM content is allowed'],
    [
      'history that starts with the assistant',
      [...opening, textStart('ASSISTANT', 'a')],
      'Chat history must start with a USER message',
    ],
    [
      'history after audio was opened',
      [...open, textStart('USER', 'u')],
      'Chat history can be sent only once, before audio content',
    ],
    [
      'words put into the mouth of the assistant',
      [...open, textStart('ASSISTANT', 'a', true)],
      'Chat history can be sent only once, before audio content',
    ],
    ['a contentName used again', [...opening, textStart('USER', 'system')], 'Duplicate contentName system'],
    [
      'content within content',
      [...opening, textStart('USER', 'a'), textStart('USER', 'b')],
      'contentStart while content a is open',
    ],
    [
      'audio opened twice',
      [...open, event('contentStart', audioContentStart(P, 'audio2'))],
      'Audio content can be opened only once',
    ],
    [
      'audio opened again after its end',
      [...open, end('audio'), event('contentStart', audioContentStart(P, 'audio2'))],
      'Audio content can be opened only once',
    ],
    ['audio before it was opened', [...opening, audio(FRAME)], 'No open content found for audioInput'],
    ['audio after its end', [...open, end('audio'), audio(FRAME)], 'No open content found for audioInput'],
    [
      'typed text after the end of audio',
      [...open, end('audio'), textStart('USER', 'u', true)],
      'Text content after audio content was closed',
    ],
    [
      'audio in a text',
      [...opening, textStart('USER', 'audio'), audio(FRAME)],
      'audioInput in content that is not AUDIO',
    ],
    ['text in audio', [...open, textInput('audio', 'x')], 'textInput in content of type AUDIO'],
    ['text without content', [...opening, textInput('nowhere', 'x')], 'No open content found for textInput'],
    ['the end of what is not open', [...opening, end('nowhere')], 'No open content found for contentEnd'],
    ['a text that is empty', [...opening, textStart('USER', 'u'), end('u')], 'Text content is empty'],
    ['promptEnd while audio is open', [...open, promptEnd], 'promptEnd while content audio is open'],
    ['sessionEnd before promptEnd', [...open, sessionEnd], 'Unexpected sessionEnd, a prompt is open'],
    [
      'anything after promptEnd but sessionEnd',
      [...opening, promptEnd, audioOpen],
      'Unexpected contentStart, expected sessionEnd',
    ],
    [
      'anything after sessionEnd',
      [...opening, promptEnd, sessionEnd, sessionStart],
      'sessionStart after the session has ended',
    ],
    ['an event of an unknown name', [sessionStart, event('barge', {})], 'Unknown event barge'],
  ])('refuses %s', (_, events, message) => {
    expect(refusal(events)).toBe(message);
  });

  it('accepts nothing any more after a violation', () => {
    const rules = new EventRules();
    expect(rules.check(withTools).ok).toBe(false);
    expect(rules.check(sessionStart)).toMatchObject({
      ok: false,
      violation: { message: 'sessionStart after the session has ended' },
    });
  });
});

describe('tool results', () => {
  it.each<[string, InputEvent[], string]>([
    [
      'for a tool use that never was',
      [...open, ...toolResult('use-2', 'r').slice(0, 1)],
      'Tool result for unknown toolUseId use-2',
    ],
    [
      'a second time',
      [...open, ...toolResult('use-1', 'r'), ...toolResult('use-1', 'r2').slice(0, 1)],
      'Tool result for toolUseId use-1 was given before',
    ],
    ['that are not JSON', [...open, ...toolResult('use-1', 'r', 'half past ten')], 'Tool Response parsing error'],
    [
      'without declared tools',
      [sessionStart, withoutTools, ...system, audioOpen, ...toolResult('use-1', 'r').slice(0, 1)],
      'Tool result without toolConfiguration',
    ],
    [
      'of two parts',
      [...open, ...toolResult('use-1', 'r').slice(0, 2), ...toolResult('use-1', 'r').slice(1, 2)],
      'More than one toolResult in a content',
    ],
  ])('are refused %s', (_, events, message) => {
    expect(refusal(events, ['use-1'])).toBe(message);
  });
});

describe('sizes of text', () => {
  const big = (count: number): InputEvent[] =>
    Array.from({ length: count }, (_, i) => text(i % 2 === 0 ? 'USER' : 'ASSISTANT', `h${i}`, 'x'.repeat(1024))).flat();

  it('accepts a history of exactly 40 KB in pieces of 1 KB', () => {
    expect(refusal([...opening, ...big(40), audioOpen])).toBe('accepted');
  });

  it.each<[string, InputEvent[], string]>([
    [
      'a history over 40 KB',
      [...opening, ...big(40), textStart('USER', 'more'), textInput('more', 'x')],
      'Chat history is over max limit',
    ],
    [
      'a piece of history over 1 KB',
      [...opening, textStart('USER', 'u'), textInput('u', 'x'.repeat(1025))],
      'Chat history is over max limit',
    ],
    [
      'a piece counted in bytes, not in characters',
      [...opening, textStart('USER', 'u'), textInput('u', 'ø'.repeat(513))],
      'Chat history is over max limit',
    ],
    [
      'a piece of typed text over 1 KB',
      [...open, textStart('USER', 'u', true), textInput('u', 'x'.repeat(1025))],
      'textInput is over 1024 bytes',
    ],
    [
      'a system prompt over 40 KB',
      [sessionStart, withTools, textStart('SYSTEM', 's'), textInput('s', 'x'.repeat(40 * 1024 + 1))],
      'System prompt is over max limit',
    ],
  ])('refuses %s', (_, events, message) => {
    expect(refusal(events)).toBe(message);
  });
});

describe('fields of input events', () => {
  const prompt = (change: Record<string, unknown>): InputEvent =>
    event('promptStart', { ...promptStart(P, [TIME_TOOL]), ...change });
  const voice = (change: Record<string, unknown>): InputEvent =>
    prompt({ audioOutputConfiguration: { ...(promptStart(P)['audioOutputConfiguration'] as object), ...change } });
  const tool = (change: Record<string, unknown>): InputEvent =>
    prompt({ toolConfiguration: { tools: [{ toolSpec: { ...TIME_TOOL, ...change } }] } });
  const audioIn = (change: Record<string, unknown>): InputEvent => {
    const start = audioContentStart(P, 'audio');
    return event('contentStart', {
      ...start,
      audioInputConfiguration: { ...(start['audioInputConfiguration'] as object), ...change },
    });
  };
  const session = (change: Record<string, unknown>): InputEvent[] => [
    event('sessionStart', { ...inference, ...change }),
  ];

  it.each<[string, InputEvent[], RegExp]>([
    ['no inference configuration', [event('sessionStart', {})], /^sessionStart: inferenceConfiguration/],
    [
      'a temperature above 1',
      session({ inferenceConfiguration: { ...inference.inferenceConfiguration, temperature: 1.1 } }),
      /temperature/,
    ],
    [
      'an unknown endpointing',
      session({ turnDetectionConfiguration: { endpointingSensitivity: 'QUICK' } }),
      /endpointingSensitivity/,
    ],
    ['a misspelt field', session({ turnDetection: {} }), /turnDetection/],
    ['a sessionStart that is no object', [event('sessionStart', 'now')], /^sessionStart: /],
    ['no promptName', [sessionStart, prompt({ promptName: undefined })], /promptName/],
    ['an unknown voice', [sessionStart, voice({ voiceId: 'siri' })], /voiceId/],
    ['another rate of output', [sessionStart, voice({ sampleRateHertz: 22_050 })], /sampleRateHertz/],
    ['stereo output', [sessionStart, voice({ channelCount: 2 })], /channelCount/],
    [
      'tools without toolUseOutputConfiguration',
      [sessionStart, prompt({ toolUseOutputConfiguration: undefined })],
      /given together/,
    ],
    [
      'toolUseOutputConfiguration without tools',
      [sessionStart, prompt({ toolConfiguration: undefined })],
      /given together/,
    ],
    ['an empty list of tools', [sessionStart, prompt({ toolConfiguration: { tools: [] } })], /tools/],
    [
      'a schema that is an object instead of a string',
      [sessionStart, tool({ inputSchema: { json: { type: 'object' } } })],
      /json/,
    ],
    ['a schema that is not JSON', [sessionStart, tool({ inputSchema: { json: '{type:object}' } })], /string of JSON/],
    ['a schema that is JSON but no object', [sessionStart, tool({ inputSchema: { json: '[]' } })], /string of JSON/],
    ['a tool with a space in its name', [sessionStart, tool({ name: 'get time' })], /name/],
    [
      'two tools of one name',
      [sessionStart, event('promptStart', promptStart(P, [TIME_TOOL, TIME_TOOL]))],
      /names must differ/,
    ],
    [
      'another promptName later on',
      [sessionStart, withTools, event('contentStart', { ...audioContentStart('other', 'a') })],
      /SYSTEM|promptName/,
    ],
    ['a content without a name', [sessionStart, withTools, textStart('SYSTEM', '')], /contentName/],
    ['an unknown role', [sessionStart, withTools, textStart('BOT', 'b')], /role/],
    [
      'an unknown type',
      [...opening, event('contentStart', { promptName: P, contentName: 'v', type: 'VIDEO' })],
      /type/,
    ],
    [
      'an interactive system prompt',
      [sessionStart, withTools, textStart('SYSTEM', 's', true)],
      /cannot be interactive/,
    ],
    [
      'audio that nobody says',
      [...opening, event('contentStart', { ...audioContentStart(P, 'audio'), role: undefined })],
      /role/,
    ],
    [
      'audio that is not interactive',
      [...opening, event('contentStart', { ...audioContentStart(P, 'audio'), interactive: false })],
      /interactive/,
    ],
    ['audio at another rate', [...opening, audioIn({ sampleRateHertz: 48_000 })], /sampleRateHertz/],
    ['audio of 8 bits', [...opening, audioIn({ sampleSizeBits: 8 })], /sampleSizeBits/],
    ['audio that is not base64', [...open, audio('not base64!')], /not base64/],
    ['audio in base64 for URLs', [...open, audio('__8=')], /not base64/],
    ['audio that is no text', [...open, audio(7)], /must be base64 text/],
    ['an odd number of bytes', [...open, audio(Buffer.alloc(3).toString('base64'))], /whole 16-bit samples/],
    ['no audio at all', [...open, audio('')], /whole 16-bit samples/],
    [
      'audio with a field too many',
      [...open, event('audioInput', { promptName: P, contentName: 'audio', content: FRAME, role: 'USER' })],
      /expects/,
    ],
    [
      'audio for another prompt',
      [...open, event('audioInput', { promptName: 'other', contentName: 'audio', content: FRAME })],
      /promptName does not match/,
    ],
    ['sessionEnd with content', [...opening, promptEnd, event('sessionEnd', { now: true })], /^sessionEnd: /],
  ])('refuses %s', (_, events, message) => {
    expect(refusal(events)).toMatch(message);
  });
});
