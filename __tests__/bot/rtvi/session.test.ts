import type { RtviMessage } from '../../../bot/rtvi/messages';
import { RtviSession } from '../../../bot/rtvi/session';
import { FakeClock } from '../../support/fake-clock';

let clock: FakeClock;
let sent: RtviMessage[];
let asked: unknown[];
let refusals: string[];
let session: RtviSession;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  asked = [];
  refusals = [];
  session = new RtviSession({
    send: (message) => sent.push(message),
    clock,
    typedText: { perMinute: 8_000, perCall: 60_000 },
    handlers: {
      onClientReady: () => asked.push('ready'),
      onSendText: (text, options) => asked.push({ text, ...options }),
      onKeys: (keys) => asked.push({ keys }),
      onDisconnectBot: () => asked.push('disconnect'),
      onClientMessage: (id, t, d) => {
        if (t === 'break') throw new Error('broken on purpose');
        session.serverResponse(id, t, d);
      },
    },
    onMalformed: (reason) => refusals.push(reason),
  });
});

function client(type: string, data: unknown = {}, id = 'm-1'): void {
  session.receive({ label: 'rtvi-ai', type, id, data });
}

function types(): string[] {
  return sent.map((message) => message.type);
}

test('client-ready is answered with its own id, as soon as the bot is ready too', () => {
  client('client-ready', { version: '2.1.0' }, 'r-9');
  expect(asked).toEqual(['ready']);
  expect(sent).toEqual([]);
  session.botReady();
  expect(sent).toEqual([
    {
      label: 'rtvi-ai',
      type: 'bot-ready',
      id: 'r-9',
      data: { version: '2.1.0', about: { library: 'pipecat-voice-agent' } },
    },
  ]);
});

test('a bot that was ready first answers at once, and each client-ready once', () => {
  session.botReady();
  client('client-ready', { version: '2.1.0' }, 'r-1');
  client('client-ready', { version: '2.1.0' }, 'r-2');
  session.botReady();
  expect(sent.map((message) => message.id)).toEqual(['r-1', 'r-2']);
  expect(asked).toEqual(['ready']);
});

test('a client of generation 1 gets its own version back and the older bot-output', () => {
  client('client-ready', { version: '1.2.0' });
  session.botReady();
  expect(sent[0]).toMatchObject({ type: 'bot-ready', data: { version: '1.2.0' } });
  session.botStartedSpeaking();
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'new' });
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'in-progress', spokenText: 'Good' });
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'completed' });
  expect(sent.slice(2).map((message) => message.data)).toEqual([
    { text: 'Good day.', aggregated_by: 'sentence', spoken: false },
    { text: 'Good day.', aggregated_by: 'sentence', spoken: true },
  ]);
});

test.each(['3.0.0', '0.9', 'new', undefined])(
  'a client of version %s is warned, and served all the same',
  (version) => {
    session.botReady();
    client('client-ready', { version }, 'r-1');
    expect(types()).toEqual(['error-response', 'bot-ready']);
    expect(sent[0]).toMatchObject({
      id: 'r-1',
      data: { error: expect.stringContaining('not compatible with server protocol 2.1.0') as string },
    });
  },
);

test('typed text, a farewell and a question reach the call', () => {
  client('send-text', { content: 'hello', options: { audio_response: false } });
  client('disconnect-bot');
  client('client-message', { t: 'colour', d: { of: 'sky' } }, 'q-1');
  expect(asked).toEqual([{ text: 'hello', runImmediately: true, audioResponse: false }, 'disconnect']);
  expect(sent).toEqual([
    { label: 'rtvi-ai', type: 'server-response', id: 'q-1', data: { t: 'colour', d: { of: 'sky' } } },
  ]);
});

test('what cannot be used is answered as the protocol says, and counted', () => {
  client('describe-config', {}, 'a-1');
  client('send-text', { content: 5 }, 'a-2');
  session.receive('nonsense');
  client('client-message', { t: 'break' }, 'a-3');
  expect(sent).toMatchObject([
    { type: 'error-response', id: 'a-1', data: { error: 'Unsupported type describe-config' } },
    { type: 'error-response', id: 'a-2', data: { error: expect.stringMatching(/^Invalid message: /) as string } },
    { type: 'error', data: { error: 'Invalid message: not an object', fatal: false } },
    { type: 'error-response', id: 'a-3', data: { error: 'The bot could not do this' } },
  ]);
  expect(refusals).toEqual(['unsupported type', 'invalid data', 'malformed envelope', 'handler failed']);
});

test.each(['raw-audio', 'raw-audio-batch', 'send-file', 'ui-event', 'ui-snapshot', 'ui-cancel-job-group'])(
  'what means nothing to this bot is refused by name and reason: %s',
  (type) => {
    client(type, {}, 'a-1');
    expect(sent).toMatchObject([
      {
        type: 'error-response',
        id: 'a-1',
        data: { error: expect.stringMatching(`^Unsupported type ${type}: .`) as string },
      },
    ]);
  },
);

test('keys and context reach the call, and count as typed text', () => {
  client('dtmf', { buttons: ['4', '2'] });
  client('append-to-context', { role: 'user', content: 'I am in Oslo.' });
  client('send-text', { content: 'My name is Ada.', options: { run_immediately: false } });
  expect(asked).toEqual([
    { keys: '42' },
    { text: 'I am in Oslo.', runImmediately: false, audioResponse: true },
    { text: 'My name is Ada.', runImmediately: false, audioResponse: true },
  ]);
  for (let count = 0; count < 90; count += 1) client('dtmf', { buttons: ['1'] });
  expect(refusals).toContain('too much text');
});

test('levels and voice are told to a client that asked, and to no other', () => {
  const speech = Int16Array.from({ length: 2_400 }, (_, index) => Math.round(8_000 * Math.sin(index / 4)));
  const report = (): void => {
    session.userVoice(true);
    session.userSound(speech);
    session.botSound(new Int16Array(3_600));
    session.userVoice(false);
  };
  report();
  expect(sent).toEqual([]);
  client('client-message', { t: 'report', d: { audioLevels: true, vad: true } }, 'q-1');
  report();
  expect(sent.map(({ type, data }) => [type, data])).toEqual([
    ['server-response', { t: 'report', d: { audioLevels: true, vad: true } }],
    ['vad-user-started-speaking', undefined],
    ['user-audio-level', { value: expect.closeTo(0.75, 1) as number }],
    ['bot-audio-level', { value: 0 }],
    ['vad-user-stopped-speaking', undefined],
  ]);
  client('client-message', { t: 'report', d: {} }, 'q-2');
  sent.length = 0;
  report();
  expect(sent).toEqual([]);
});

test('a level is told after each 150 ms of sound, in pieces of any size', () => {
  client('client-message', { t: 'report', d: { audioLevels: true } });
  sent.length = 0;
  for (let piece = 0; piece < 100; piece += 1) session.userSound(new Int16Array(320));
  expect(sent).toHaveLength(12);
});

test('a flood of nonsense is answered twenty times, then counted, then not even read', () => {
  for (let count = 0; count < 1_000; count += 1) session.receive({ count });
  expect(sent).toHaveLength(20);
  expect(refusals.filter((reason) => reason === 'malformed envelope')).toHaveLength(100);
  expect(refusals.filter((reason) => reason === 'too many messages')).toHaveLength(900);
  clock.advance(10_000);
  client('send-text', { content: 'still there?' });
  expect(asked).toHaveLength(1);
});

test('a turn goes out in the order Pipecat has it', () => {
  session.userStartedSpeaking();
  session.userStoppedSpeaking();
  session.userTranscription('hello', true);
  session.botTurnStarted();
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'new' });
  session.botLlmText('Good day.');
  session.botTurnEnded();
  session.botStartedSpeaking();
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'in-progress', spokenText: 'Good' });
  session.botOutput({ segmentId: 1, text: 'Good day.', status: 'completed' });
  session.botStoppedSpeaking();
  expect(types()).toEqual([
    'user-started-speaking',
    'user-stopped-speaking',
    'user-transcription',
    'bot-llm-started',
    'bot-tts-started',
    'bot-llm-text',
    'bot-transcription',
    'bot-tts-text',
    'bot-llm-stopped',
    'bot-tts-stopped',
    'bot-started-speaking',
    'bot-output',
    'bot-output',
    'bot-output',
    'bot-stopped-speaking',
  ]);
  expect(sent[2]?.data).toEqual({
    text: 'hello',
    user_id: 'user',
    timestamp: new Date(clock.epochMs()).toISOString(),
    final: true,
  });
  expect(sent.slice(11, 14).map((message) => message.data)).toEqual([
    output('new', '', 'Good day.'),
    output('in-progress', 'Good', ' day.'),
    output('completed', 'Good day.', ''),
  ]);
});

function output(status: string, accumulated: string, remaining: string): unknown {
  return {
    text: 'Good day.',
    aggregated_by: 'sentence',
    segment_id: 1,
    will_be_spoken: true,
    spoken_status: status,
    spoken_progress: { accumulated_text: accumulated, remaining_text: remaining },
  };
}

test('saying twice what is so already is saying it once', () => {
  for (let twice = 0; twice < 2; twice += 1) {
    session.userStartedSpeaking();
    session.botTurnStarted();
    session.botStartedSpeaking();
  }
  for (let twice = 0; twice < 2; twice += 1) {
    session.userStoppedSpeaking();
    session.botTurnEnded();
    session.botStoppedSpeaking();
  }
  expect(new Set(types()).size).toBe(types().length);
});

test('a barge-in ends the turn and the speaking, and nothing more is said of what was cut off', () => {
  session.botTurnStarted();
  session.botStartedSpeaking();
  session.botOutput({ segmentId: 1, text: 'One.', status: 'new' });
  sent.length = 0;
  session.botInterrupted();
  session.botOutput({ segmentId: 1, text: 'One.', status: 'completed' });
  session.botTurnEnded();
  session.botStoppedSpeaking();
  expect(types()).toEqual(['bot-interrupted', 'bot-llm-stopped', 'bot-tts-stopped', 'bot-stopped-speaking']);
});

test('a segment announced while the bot speaks may be completed after it has stopped; one not announced waits', () => {
  session.botStartedSpeaking();
  session.botOutput({ segmentId: 1, text: 'One.', status: 'new' });
  session.botStoppedSpeaking();
  sent.length = 0;
  session.botOutput({ segmentId: 1, text: 'One.', status: 'completed' });
  session.botOutput({ segmentId: 2, text: 'Two.', status: 'new' });
  expect(sent).toHaveLength(1);
  session.botStartedSpeaking();
  expect(sent.slice(2)).toMatchObject([{ type: 'bot-output', data: { segment_id: 2, spoken_status: 'new' } }]);
});

test('words that will not be spoken wait for no speech', () => {
  session.botOutput({ segmentId: 1, text: 'Read me.', status: 'completed', willBeSpoken: false });
  expect(sent.map((message) => (message.data as { spoken_status: string }).spoken_status)).toEqual([
    'new',
    'completed',
  ]);
});

test('a progress that is not the beginning of the text is shown as none', () => {
  session.botStartedSpeaking();
  session.botOutput({ segmentId: 1, text: 'One two.', status: 'in-progress', spokenText: 'Two' });
  expect(sent.at(-1)?.data).toMatchObject({ spoken_progress: { accumulated_text: '', remaining_text: 'One two.' } });
});

test('tool calls, metrics, errors and messages of the app have the shapes clients know; absent parts are left out', () => {
  session.functionCallStarted();
  session.functionCallInProgress('t-1', 'weather', { city: 'Oslo' });
  session.functionCallStopped('t-1', false);
  session.metrics({});
  session.metrics({ ttfb: [{ processor: 'NovaSonic', value: 0.4 }] });
  session.error('The model cannot be reached.', false);
  session.serverMessage({ any: 'thing' });
  session.errorResponse('q-1', 'no');
  session.userLlmText('hello');
  session.userMuted(true);
  session.userMuted(false);
  expect(sent.map(({ type, id, data }) => ({ type, id, data }))).toEqual([
    { type: 'llm-function-call-started', data: {} },
    {
      type: 'llm-function-call-in-progress',
      data: { tool_call_id: 't-1', function_name: 'weather', arguments: { city: 'Oslo' } },
    },
    { type: 'llm-function-call-stopped', data: { tool_call_id: 't-1', cancelled: false } },
    { type: 'metrics', data: { ttfb: [{ processor: 'NovaSonic', value: 0.4 }] } },
    { type: 'error', data: { error: 'The model cannot be reached.', fatal: false } },
    { type: 'server-message', data: { any: 'thing' } },
    { type: 'error-response', id: 'q-1', data: { error: 'no' } },
    { type: 'user-llm-text', data: { text: 'hello' } },
    { type: 'user-mute-started' },
    { type: 'user-mute-stopped' },
  ]);
});

test('after closing nothing is read or sent', () => {
  session.close();
  client('send-text', { content: 'hello' });
  session.botStartedSpeaking();
  expect(sent).toEqual([]);
  expect(asked).toEqual([]);
});

describe('typed text', () => {
  const texts = (): unknown[] => asked.filter((one) => typeof one === 'object');
  const refused = (): unknown[] => sent.filter(({ type }) => type === 'error-response').map(({ data }) => data);

  it('P2: 50 texts a second of 4,000 characters: a minute may hold 8,000, and the client is told', () => {
    for (let n = 0; n < 50 * 60; n += 1) {
      client('send-text', { content: 'x'.repeat(4_000) }, `text-${n}`);
      clock.advance(20);
    }
    // What may come at once, and what a minute brings.
    expect(texts().length).toBeGreaterThanOrEqual(3);
    expect(texts().length).toBeLessThanOrEqual(4);
    expect(refused()[0]).toEqual({
      error: 'Too much text at once: the bot has not read this. Please wait a little, or say it.',
    });
    expect(refusals.filter((reason) => reason === 'too much text').length).toBeGreaterThan(1_000);
  });

  it('P2: short texts count for 100 characters, because each is answered', () => {
    for (let n = 0; n < 100; n += 1) client('send-text', { content: 'x' });
    expect(texts()).toHaveLength(80);
  });

  it('P2: a call has 60,000 characters in all; then the client is told that, and speech goes on', () => {
    for (let minute = 0; minute < 10; minute += 1) {
      client('send-text', { content: 'x'.repeat(4_000) });
      client('send-text', { content: 'x'.repeat(4_000) });
      clock.advance(60_000);
    }
    expect(texts()).toHaveLength(15);
    expect(refused().at(-1)).toEqual({
      error: 'This call has had all the text that it may: the bot has not read this. Please say it.',
    });
    session.userStartedSpeaking();
    expect(sent.at(-1)).toMatchObject({ type: 'user-started-speaking' });
  });
});
