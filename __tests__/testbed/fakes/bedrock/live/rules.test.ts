import { LIVE, type Behaviours } from '../../../../../testbed/fakes/bedrock/behaviours';
import { EventRules } from '../../../../../testbed/fakes/bedrock/rules';
import type { InputEvent } from '../../../../../testbed/fakes/bedrock/input';
import { audioContentStart, promptStart, TIME_TOOL } from '../../../../../testbed/clients/bedrock/sonic-client';
import {
  FRAME,
  P,
  audio,
  audioOpen,
  end,
  event,
  open,
  opening,
  promptEnd,
  refusal,
  sessionEnd,
  sessionStart,
  system,
  text,
  textInput,
  textStart,
  toolResult,
  withoutTools,
} from '../support/input-events';

const INVALID = 'Invalid input request, please fix your input and try again.';

/** The refusal of the last event by the live dialect. */
function live(events: readonly InputEvent[], change: Partial<Behaviours> = {}): string {
  return refusal(events, ['use-1'], { ...LIVE, ...change });
}

const tool = (schema: unknown): InputEvent =>
  event('promptStart', promptStart(P, [{ ...TIME_TOOL, inputSchema: { json: JSON.stringify(schema) } }]));
const prompt = (change: Record<string, unknown>): InputEvent => event('promptStart', { ...promptStart(P), ...change });
const history = (...roles: readonly string[]): InputEvent[] => roles.flatMap((role, i) => text(role, `h${i}`, 'words'));

describe('what the live service accepts', () => {
  it.each<[string, InputEvent[]]>([
    [
      'several audio blocks, one after the other',
      [...open, audio(FRAME), end('audio'), event('contentStart', audioContentStart(P, 'second'))],
    ],
    ['an interactive system prompt', [sessionStart, withoutTools, ...text('SYSTEM', 's', 'words', true)]],
    ['context from the caller in mid-session', [...open, ...text('USER', 'late')]],
    ['an answer in mid-session', [...open, ...text('ASSISTANT', 'late')]],
    [
      'an empty list of tools',
      [
        sessionStart,
        prompt({ toolConfiguration: { tools: [] }, toolUseOutputConfiguration: { mediaType: 'application/json' } }),
      ],
    ],
    ['a history of a few messages', [...opening, ...history('USER', 'ASSISTANT'), audioOpen]],
    ['a polite end', [...open, audio(FRAME), end('audio'), promptEnd, sessionEnd]],
  ])('%s', (_, events) => {
    expect(live(events)).toBe('accepted');
  });

  it('takes no note of an answer in mid-session, but of context', () => {
    const rules = new EventRules(LIVE);
    const kinds = [...open, ...text('ASSISTANT', 'a'), ...text('USER', 'u')].map((next) => {
      const result = rules.check(next);
      return result.ok ? result.accepted.kind : 'refused';
    });
    expect(kinds.slice(-6)).toEqual(['prepared', 'prepared', 'prepared', 'prepared', 'prepared', 'text']);
  });
});

describe('what the live service refuses', () => {
  it.each<[string, InputEvent[], string]>([
    [
      'a second system prompt',
      [...open, ...text('SYSTEM', 'more').slice(0, 1)],
      'Duplicate SYSTEM content. SYSTEM content can only be provided once per prompt',
    ],
    ['the end of audio that never came', [...open, end('audio')], 'Cannot end content as no content data was received'],
    ['the end of a prompt with audio open', [...open, promptEnd], 'All contents must be closed before ending prompt'],
    ['the end of a prompt without audio', [...opening, promptEnd], 'must have at least one audio content'],
    [
      'audio between the events of a text',
      [...open, textStart('USER', 'typed', true), audio(FRAME)],
      'Chat history should be sent completely before streaming audio.',
    ],
    [
      'a history that begins with an answer',
      [...opening, textStart('ASSISTANT', 'h')],
      'First message in chat history should not be Assistant.',
    ],
    [
      'a history that ends with the caller’s words',
      [...opening, ...history('USER', 'ASSISTANT', 'USER'), audioOpen],
      INVALID,
    ],
    [
      'a prompt without a voice',
      [sessionStart, prompt({ audioOutputConfiguration: { mediaType: 'audio/lpcm' } })],
      'Received invalid voiceId: value must not be empty',
    ],
    [
      'a result that is no object',
      [...open, ...toolResult('use-1', 'r', '["noon"]')],
      'Unsupported JSON type in Tool Result. Please provide the Tool Result as a JSON object',
    ],
    ['a result that is no JSON', [...open, ...toolResult('use-1', 'r', 'noon')], 'Tool Response parsing error'],
    [
      'NUL in a text',
      [...open, textStart('USER', 'typed', true), textInput('typed', 'nul: \0')],
      'The system encountered an unexpected error during processing. Try your request again.',
    ],
    [
      'half a surrogate pair',
      [sessionStart, withoutTools, textStart('SYSTEM', 's'), textInput('s', 'half: \ud83d')],
      'The system encountered an unexpected error during processing. Try your request again.',
    ],
  ])('%s', (_, events, message) => {
    expect(live(events)).toBe(message);
  });

  it('a schema that is an object', () => {
    const toolSpec = { ...TIME_TOOL, inputSchema: { json: { type: 'object' } } };
    const given = prompt({
      toolConfiguration: { tools: [{ toolSpec }] },
      toolUseOutputConfiguration: { mediaType: 'application/json' },
    });
    expect(live([sessionStart, given])).toMatch(/^Unable to parse input chunk/);
  });

  it.each<[string, unknown]>([
    ['additionalProperties', { type: 'object', additionalProperties: false }],
    ['a default', { type: 'object', properties: { n: { type: 'number', default: 1 } } }],
    ['a title', { type: 'object', properties: { n: { type: 'array', items: { title: 'N' } } } }],
    ['a type or null', { type: 'object', properties: { n: { anyOf: [{ type: 'string' }, { type: 'null' }] } } }],
  ])('a schema with %s', (_, schema) => {
    expect(live([sessionStart, tool(schema)])).toBe(INVALID);
    expect(live([sessionStart, tool(schema)], { schemas: 'any' })).toBe('accepted');
  });

  it('no property of that name, and $schema only where that is switched on', () => {
    expect(live([sessionStart, tool({ type: 'object', properties: { title: { type: 'string' } } })])).toBe('accepted');
    const dollar = tool({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
    expect(live([sessionStart, dollar])).toBe('accepted');
    expect(live([sessionStart, dollar], { schemas: 'plain-without-dollar' })).toBe(INVALID);
  });
});

describe('how much history the live service accepts', () => {
  const TOO_BIG = 'Chat history is over max limit. Trim chat history and try again.';
  const big = (count: number): InputEvent[] =>
    Array.from({ length: count }, (_, i) => text(i % 2 === 0 ? 'USER' : 'ASSISTANT', `h${i}`, 'x'.repeat(1000))).flat();

  it('10k: with the prompt, ten thousand bytes', () => {
    expect(live([...opening, ...big(8), audioOpen])).toBe('accepted');
    expect(live([...opening, ...big(9), ...big(10).slice(-3, -1)])).toBe(TOO_BIG);
    const longPrompt = [sessionStart, withoutTools, ...text('SYSTEM', 'system', 'x'.repeat(9500))];
    expect(live([...longPrompt, ...big(1).slice(0, 2)])).toBe(TOO_BIG);
  });

  it('tiny: less than 900 bytes', () => {
    expect(live([...opening, ...history('USER', 'ASSISTANT'), audioOpen], { history: 'tiny' })).toBe('accepted');
    expect(live([...opening, ...big(1).slice(0, 2)], { history: 'tiny' })).toBe(TOO_BIG);
  });

  it('three-messages: not four', () => {
    const events = [...opening, ...history('USER', 'ASSISTANT', 'USER', 'ASSISTANT').slice(0, -2)];
    expect(live(events, { history: 'three-messages' })).toBe(INVALID);
  });

  it('history-race: audio must not follow at once', () => {
    const rules = new EventRules({ ...LIVE, historyRace: 'refused' });
    const events = [sessionStart, withoutTools, ...system, ...history('USER', 'ASSISTANT')];
    for (const next of events) expect(rules.check(next, 1000).ok).toBe(true);
    expect(rules.check(audioOpen, 1049)).toMatchObject({
      ok: false,
      violation: { message: 'Chat history should be sent completely before streaming audio.' },
    });
    const patient = new EventRules({ ...LIVE, historyRace: 'refused' });
    for (const next of events) patient.check(next, 1000);
    expect(patient.check(audioOpen, 1050).ok).toBe(true);
  });
});
