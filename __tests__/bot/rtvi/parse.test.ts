import { withinBounds } from '../../../bot/rtvi/bounds';
import { MAX_TEXT_LENGTH, parseClientMessage } from '../../../bot/rtvi/parse';

function message(type: string, data?: unknown, id: unknown = 'm-1'): Record<string, unknown> {
  return { label: 'rtvi-ai', type, id, data };
}

test('client-ready of Pipecat 2.1.0 is read', () => {
  const data = {
    version: '2.1.0',
    about: { library: '@pipecat-ai/client-js', library_version: '1.13.1', platform_details: {} },
  };
  expect(parseClientMessage(message('client-ready', data))).toEqual({
    kind: 'client-ready',
    id: 'm-1',
    version: '2.1.0',
    library: '@pipecat-ai/client-js',
  });
});

test.each([[undefined], [null], [{}], [{ version: 7 }], [{ version: '2.1.0', about: 'me' }]])(
  'client-ready with odd data is still ready: %j',
  (data) => {
    expect(parseClientMessage(message('client-ready', data)).kind).toBe('client-ready');
  },
);

test('a message may have no data at all, and a question no details', () => {
  expect(parseClientMessage({ label: 'rtvi-ai', type: 'disconnect-bot', id: 'x' }).kind).toBe('disconnect-bot');
  expect(parseClientMessage({ label: 'rtvi-ai', type: 'client-ready', id: 'x' }).kind).toBe('client-ready');
  expect(parseClientMessage(message('client-message', { t: 'x' }))).toMatchObject({
    kind: 'client-message',
    d: undefined,
  });
});

test('send-text runs at once and aloud unless told otherwise', () => {
  expect(parseClientMessage(message('send-text', { content: 'hello' }))).toEqual({
    kind: 'send-text',
    id: 'm-1',
    text: 'hello',
    runImmediately: true,
    audioResponse: true,
  });
  const options = { run_immediately: false, audio_response: false };
  expect(parseClientMessage(message('send-text', { content: 'hello', options }))).toMatchObject({
    runImmediately: false,
    audioResponse: false,
  });
});

test.each([
  ['send-text without content', message('send-text', {})],
  ['send-text with a number', message('send-text', { content: 5 })],
  ['send-text with nothing', message('send-text', { content: '' })],
  ['R5: send-text with spaces alone', message('send-text', { content: ' \n\t\u00a0\u3000' })],
  [
    'R5: send-text with zero-width characters alone',
    message('send-text', { content: '\u200b\u200d\ufeff\u2060\u00ad\u3164' }),
  ],
  ['send-text too long', message('send-text', { content: 'x'.repeat(MAX_TEXT_LENGTH + 1) })],
  ['send-text without data', message('send-text')],
  ['client-message without a name', message('client-message', { d: 1 })],
  ['client-message without an id', message('client-message', { t: 'x' }, null)],
  ['client-ready without an id', message('client-ready', {}, null)],
])('data that is not as documented is invalid: %s', (_name, given) => {
  expect(parseClientMessage(given).kind).toBe('invalid');
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a string', 'client-ready'],
  ['an array', [message('client-ready')]],
  ['no label', { type: 'client-ready', id: '1' }],
  ['another label', { label: 'rtvi', type: 'client-ready', id: '1' }],
  ['no type', { label: 'rtvi-ai', id: '1' }],
  ['a type that is no text', { label: 'rtvi-ai', type: {}, id: '1' }],
  ['a type without end', message('x'.repeat(1_000))],
  ['an id that is no text', message('client-ready', {}, 5)],
  ['an id without end', message('client-ready', {}, 'x'.repeat(1_000))],
])('an envelope that is none is malformed: %s', (_name, given) => {
  expect(parseClientMessage(given).kind).toBe('malformed');
});

test.each([
  'raw-audio',
  'raw-audio-batch',
  'send-file',
  'ui-event',
  'ui-snapshot',
  'ui-cancel-job-group',
  'llm-function-call-result',
  '__proto__',
  'constructor',
])('a type this bot does not take is unsupported: %s', (type) => {
  expect(parseClientMessage(message(type, { any: 'thing' }))).toEqual({ kind: 'unsupported', id: 'm-1', type });
});

test.each([
  ['text', { role: 'user', content: 'I am in Oslo.' }, false],
  [
    'parts',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'I am' },
        { type: 'text', text: 'in Oslo.' },
      ],
    },
    false,
  ],
  ['text to be answered', { role: 'user', content: 'I am in Oslo.', run_immediately: true }, true],
])('R9: append-to-context of %s is text, and is not answered unless asked', (_name, data, runImmediately) => {
  expect(parseClientMessage(message('append-to-context', data))).toEqual({
    kind: 'send-text',
    id: 'm-1',
    text: 'I am in Oslo.',
    runImmediately,
    audioResponse: true,
  });
});

test.each([
  ['of the bot', { role: 'assistant', content: 'I said so.' }, /^role: /],
  ['without words', { role: 'user', content: ' ' }, /^content: /],
  ['without text', { role: 'user', content: [{ type: 'image', source: {} }] }, /^content/],
  ['of nothing', undefined, /./],
])('R9: append-to-context %s is refused by field and rule', (_name, data, reason) => {
  expect(parseClientMessage(message('append-to-context', data))).toMatchObject({
    kind: 'invalid',
    reason: expect.stringMatching(reason) as string,
  });
});

test('keys of protocol 2.1 and the single one of 2.0 are read', () => {
  expect(parseClientMessage(message('dtmf', { buttons: ['1', '*', '#'] }))).toEqual({
    kind: 'dtmf',
    id: 'm-1',
    keys: '1*#',
  });
  expect(parseClientMessage(message('dtmf', { button: '0' }))).toMatchObject({ kind: 'dtmf', keys: '0' });
});

test.each([[{}], [{ buttons: [] }], [{ buttons: ['A'] }], [{ buttons: ['12'] }], [{ button: 5 }], [undefined]])(
  'keys that no telephone has are refused: %j',
  (data) => {
    expect(parseClientMessage(message('dtmf', data))).toMatchObject({ kind: 'invalid' });
  },
);

test('a client may ask for levels and voice', () => {
  expect(parseClientMessage(message('client-message', { t: 'report', d: { audioLevels: true } }))).toEqual({
    kind: 'reports-asked',
    id: 'm-1',
    reports: { audioLevels: true, vad: false },
  });
  expect(parseClientMessage(message('client-message', { t: 'report', d: { vad: 1 } }))).toMatchObject({
    kind: 'invalid',
    reason: expect.stringMatching(/^vad: /) as string,
  });
});

test('depth and size are bounded without recursion', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 200_000; level += 1) deep = [deep];
  expect(parseClientMessage(message('client-message', { t: 'x', d: deep }))).toEqual({
    kind: 'malformed',
    reason: 'too deep or too big',
  });
  const wide = Array.from({ length: 100_000 }, () => 0);
  expect(parseClientMessage(message('client-message', { t: 'x', d: wide })).kind).toBe('malformed');
  expect(withinBounds({ a: [1, 2, { b: null }] })).toBe(true);
});

test('a refusal never repeats what the client wrote', () => {
  const refused = parseClientMessage(message('send-text', { content: { secret: 'hunter2' } }));
  expect(JSON.stringify(refused)).not.toContain('hunter2');
});
