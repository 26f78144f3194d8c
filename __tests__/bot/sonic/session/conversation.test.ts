import pino from 'pino';
import { BotError } from '../../../../bot/errors';
import { SonicModel } from '../../../../bot/sonic/model';
import { rotationRules } from '../../../../bot/sonic/session/rotation';
import type { OutputEvent } from '../../../../bot/sonic/protocol/parse-output';
import type { SessionOptions, SpeechSession } from '../../../../bot/sonic/speech-model';
import { Ticker } from '../../../../bot/time/ticker';
import { FakeClock, settle } from '../../../support/fake-clock';
import { say } from '../../../support/say';
import { FakeStreamOpener } from '../../../support/fake-model-streams';
import { RecordingSpeechEvents } from '../../../support/recording-speech-events';

const OPTIONS: SessionOptions = {
  callId: 'call-1',
  systemPrompt: 'Be kind.',
  voiceId: 'matthew',
  tools: [{ name: 'get_time', description: 'Says the time.', inputSchema: { type: 'object' } }],
  endpointingSensitivity: 'HIGH',
};

const at = { completionId: 'c1', contentId: 'k' };
const announced = (text: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'TEXT', role: 'ASSISTANT', stage: 'speculative' },
  { kind: 'text', ...at, text },
  { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
];
const said = (role: 'USER' | 'ASSISTANT', text: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'TEXT', role, stage: 'final' },
  { kind: 'text', ...at, text },
  { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
];
const spoken = (stopReason: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'AUDIO', role: 'ASSISTANT', stage: 'final' },
  { kind: 'audio', ...at, base64: Buffer.alloc(480).toString('base64') },
  { kind: 'block-end', ...at, type: 'AUDIO', stopReason },
];
const toolUse = (toolUseId: string): OutputEvent => ({
  kind: 'tool-use',
  ...at,
  toolUseId,
  name: 'get_time',
  json: '{}',
});

function setUp(limits = {}) {
  const clock = new FakeClock();
  const opener = new FakeStreamOpener();
  const logs: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) });
  const listenerErrors: unknown[] = [];
  const ticker = new Ticker({ periodMs: 32, clock, onListenerError: (error) => listenerErrors.push(error) });
  const model = new SonicModel({
    client: { streams: () => opener },
    modelId: 'amazon.nova-2-sonic-v1:0',
    ticker,
    logger,
    clock,
    limits,
    random: () => 1,
  });
  const events = new RecordingSpeechEvents();
  const abort = new AbortController();
  const opening = model.open(OPTIONS, events, abort.signal);
  return { clock, opener, logs, ticker, model, events, abort, opening, listenerErrors };
}

async function setUpOpen(limits = {}) {
  const all = setUp(limits);
  all.opener.latest.accept();
  const session: SpeechSession = await all.opening;
  all.clock.advance(32);
  return { ...all, session };
}

/** A tool was requested, the stream broke, and the next one was asked the question again. */
async function setUpAskedAgain() {
  const all = await setUpOpen();
  all.opener.latest.output(...said('USER', 'What time is it?'), toolUse('t1'));
  all.opener.latest.lose();
  all.clock.advance(200);
  all.opener.latest.accept();
  all.clock.advance(32);
  return all;
}

const NO_USAGE = { inputSpeechTokens: 1, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };

/** The caller's microphone for a while: a voice, or with 0 silence. */
function hear(session: SpeechSession, clock: FakeClock, ms: number, amplitude = 9_000): void {
  for (let done = 0; done < ms; done += 20) {
    say(
      session,
      Int16Array.from({ length: 320 }, (_, i) => Math.round(amplitude * Math.sin(i / 5))),
    );
    clock.advance(20);
  }
}

/** Nothing runs any more: no timer, no tick, no stream. */
function expectQuiet({ clock, ticker, opener }: ReturnType<typeof setUp>): void {
  expect(clock.pendingTimers).toBe(0);
  expect(ticker.listenerCount).toBe(0);
  expect(opener.streams.filter(({ end }) => end === undefined)).toEqual([]);
}

describe('opening', () => {
  it('sends everything in order before anybody has answered', () => {
    const { opener } = setUp();
    expect(
      opener.latest.sent.map(({ name, body }) => (typeof body['role'] === 'string' ? `${name} ${body['role']}` : name)),
    ).toEqual(['sessionStart', 'promptStart', 'contentStart SYSTEM', 'textInput', 'contentEnd', 'contentStart USER']);
  });

  it('holds the caller’s audio until somebody is there to hear it, and feeds it without waiting for an answer', async () => {
    const { opener, clock } = setUp();
    clock.advance(320);
    expect(opener.latest.audioEvents).toBe(0);
    opener.latest.progress = 'connected';
    clock.advance(320);
    expect(opener.latest.audioEvents).toBe(10);
  });

  it('rejects with the reason when it is refused for good', async () => {
    const all = setUp();
    all.opener.latest.lose('AccessDeniedException');
    await expect(all.opening).rejects.toMatchObject({ name: 'BotError', code: 'model_access_denied' });
    expect(all.events.lines).toEqual([]);
    expectQuiet(all);
  });

  it('tries again when it may help, and opens', async () => {
    const { opener, clock, opening, events } = setUp();
    opener.latest.lose('ThrottlingException');
    clock.advance(200);
    opener.latest.lose('ServiceUnavailableException');
    clock.advance(400);
    opener.latest.accept();
    await expect(opening).resolves.toBeDefined();
    expect(opener.streams).toHaveLength(3);
    expect(events.lines).toEqual([]);
  });

  it('rejects with the last reason when its attempts are used up', async () => {
    const all = setUp();
    for (let i = 0; i < 4; i += 1) {
      all.opener.latest.lose('ThrottlingException');
      all.clock.advance(800);
    }
    await expect(all.opening).rejects.toMatchObject({ code: 'model_throttled' });
    expect(all.opener.streams).toHaveLength(4);
    expectQuiet(all);
  });

  it('gives an attempt up that gets nowhere, and everything after eight seconds', async () => {
    const all = setUp();
    all.opener.latest.progress = 'connecting';
    all.clock.advance(5_000);
    expect(all.opener.latest.end).toMatchObject({ failure: { error: { code: 'model_unreachable' } } });
    all.clock.advance(3_000);
    await expect(all.opening).rejects.toMatchObject({ code: 'model_unreachable' });
    expectQuiet(all);
  });

  it('counts a connection that is up and not refused as open: headers may come with the first event', async () => {
    const { opener, clock, opening } = setUp();
    opener.latest.progress = 'connected';
    clock.advance(3_600);
    await expect(opening).resolves.toBeDefined();
    expect(opener.latest.audioEvents).toBeGreaterThan(100);
  });

  it('ends at once when the call is over before it is open', async () => {
    const all = setUp();
    all.abort.abort();
    await expect(all.opening).rejects.toBeInstanceOf(BotError);
    expectQuiet(all);
  });

  it('does not begin when the call is over already', async () => {
    const { model, opener, events } = setUp();
    const before = opener.streams.length;
    await expect(model.open(OPTIONS, events, AbortSignal.abort())).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(opener.streams).toHaveLength(before);
  });
});

describe('a conversation', () => {
  it('tells what the model says', async () => {
    const { opener, events } = await setUpOpen();
    opener.latest.output(
      ...said('USER', 'Hi'),
      ...announced('Hello!'),
      ...spoken('END_TURN'),
      ...said('ASSISTANT', 'Hello!'),
    );
    expect(events.lines).toEqual([
      'user: Hi',
      'turn started',
      'speculative: Hello!',
      'audio',
      'turn ended',
      'final: Hello!',
    ]);
    expect(events.audioSamples).toBe(240);
  });

  it('sends silence for ever when the caller is not heard', async () => {
    const { opener, clock } = await setUpOpen();
    clock.advance(55_000);
    expect(opener.latest.audioEvents).toBe(1 + Math.floor(55_000 / 32));
  });

  it('asks typed text only once audio flows', async () => {
    const { opener, opening, clock } = setUp();
    opener.latest.accept();
    const session = await opening;
    session.sendText('Greet the caller.');
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.']);
    clock.advance(32);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER! Greet the caller.']);
    session.sendText('   ');
    expect(opener.latest.texts).toHaveLength(2);
  });

  it('does not show typed text as speech when the service echoes it', async () => {
    const { opener, session, events } = await setUpOpen();
    session.sendText('Greet the caller.');
    opener.latest.output(...said('USER', 'Greet the caller.'), ...said('USER', 'Hello?'));
    expect(events.lines).toEqual(['user: Hello?']);
  });

  it('answers a tool once and drops what nobody asked for', async () => {
    const { opener, session, events, model } = await setUpOpen();
    opener.latest.output(toolUse('t1'), toolUse('t1'));
    session.sendToolResult('t1', '{"time":"noon"}');
    session.sendToolResult('t1', '{"time":"midnight"}');
    session.sendToolResult('t2', '{}');
    expect(events.lines).toEqual(['tool get_time']);
    const results = opener.latest.sent.filter(({ name }) => name === 'toolResult');
    expect(results.map(({ body }) => body['content'])).toEqual(['{"time":"noon"}']);
    expect(model.counters.get('toolResultsDropped')).toBe(2);
    expect(model.counters.get('duplicateToolUses')).toBe(1);
  });

  it('says goodbye in order and ends once', async () => {
    const all = await setUpOpen();
    await Promise.all([all.session.close(), all.session.close()]);
    await all.session.close();
    expect(all.opener.latest.sent.slice(-3).map(({ name }) => name)).toEqual(['contentEnd', 'promptEnd', 'sessionEnd']);
    expect(all.events.lines).toEqual(['closed']);
    expectQuiet(all);
  });

  it('is silent after its end', async () => {
    const { session, opener, events } = await setUpOpen();
    await session.close();
    session.sendAudio(new Int16Array(512), 'silent');
    session.sendText('Anybody there?');
    session.sendToolResult('t', '{}');
    opener.latest.output(...announced('Yes'));
    expect(events.lines).toEqual(['closed']);
  });

  it('logs nothing that anybody said', async () => {
    const { opener, session, logs } = await setUpOpen();
    session.sendText('my secret is 4711');
    opener.latest.output(...said('USER', 'my secret is 4711'), ...announced('4711, I see'), toolUse('t'), {
      kind: 'malformed',
      name: 'json',
    });
    session.sendToolResult('t', '{"secret":4711}');
    session.sendToolResult('nobody', '{"secret":4711}');
    opener.latest.lose();
    await session.close();
    expect(logs.length).toBeGreaterThan(2);
    expect(logs.join('')).not.toContain('4711');
  });
});

describe('a stream that breaks', () => {
  it('is replaced, and the new one is told what was said', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    session.sendText('Greet the caller.');
    opener.latest.output(...announced('Welcome!'), ...spoken('END_TURN'), ...said('ASSISTANT', 'Welcome!'));
    events.take();
    opener.latest.lose('ModelTimeoutException');
    expect(events.take()).toEqual(['reconnecting 1 model_timed_out']);
    clock.advance(200);
    opener.latest.accept();
    clock.advance(32);
    expect(events.take()).toEqual(['reconnected']);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER Greet the caller.', 'ASSISTANT Welcome!']);
  });

  it('before it answered: the question is asked again', async () => {
    const { opener, clock, events } = await setUpOpen();
    opener.latest.output(...said('USER', 'What time is it?'));
    opener.latest.lose();
    clock.advance(200);
    opener.latest.accept();
    clock.advance(32);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER! What time is it?']);
    expect(events.lines).toEqual(['user: What time is it?', 'reconnecting 1 model_stream_broken', 'reconnected']);
    expect(events.timesAskedAgain).toBe(1);
  });

  it('in the middle of an answer: the turn ends, so that no call waits for it', async () => {
    const { opener, events } = await setUpOpen();
    opener.latest.output(...said('USER', 'Tell me.'), ...announced('It is'), ...spoken('PARTIAL_TURN'));
    events.take();
    opener.latest.lose();
    expect(events.take()).toEqual(['interrupted', 'reconnecting 1 model_stream_broken']);
  });

  it('gives the caller’s audio of the gap to the next one, and what the old one may not have heard', async () => {
    const { opener, session, clock, model } = await setUpOpen();
    const speak = (frames: number): void => {
      for (let i = 0; i < frames; i += 1) {
        session.sendAudio(new Int16Array(512).fill(i + 1), 'silent');
        clock.advance(32);
      }
    };
    speak(10);
    opener.latest.lose();
    speak(7);
    opener.latest.accept();
    const before = model.counters.get('audioFramesSent');
    clock.advance(32 * 10);
    expect(model.counters.get('audioFramesSent') - before).toBe(17);
    expect(model.counters.get('audioFramesDropped')).toBe(0);
  });

  it('keeps no more than three seconds of it', async () => {
    const { opener, session, clock, model } = await setUpOpen({
      reconnectDelayMs: 10_000,
      reconnectMaxDelayMs: 10_000,
    });
    opener.latest.lose();
    for (let i = 0; i < 300; i += 1) {
      session.sendAudio(new Int16Array(512), 'silent');
      clock.advance(32);
    }
    clock.advance(1_000);
    opener.latest.accept();
    clock.advance(2_000);
    expect(model.counters.get('audioFramesSent')).toBe(94);
    expect(model.counters.get('callerAudioOverflows')).toBe(300 - 94);
  });

  it('is heard no more once another one is open', async () => {
    const { opener, clock, events } = await setUpOpen();
    const old = opener.latest;
    old.lose();
    clock.advance(200);
    opener.latest.accept();
    events.take();
    old.end = undefined;
    old.output(...announced('a ghost'));
    old.abort();
    expect(events.take()).toEqual([]);
  });

  it('takes a tool’s late answer into the history, and does not send it to a stream that never asked', async () => {
    const { opener, session, clock, model } = await setUpOpen();
    opener.latest.output(...said('USER', 'What time is it?'), toolUse('t1'));
    opener.latest.lose();
    session.sendToolResult('t1', '{"time":"noon"}');
    clock.advance(200);
    opener.latest.accept();
    clock.advance(32);
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it? (get_time: {"time":"noon"})');
    expect(opener.latest.sent.some(({ name }) => name === 'toolResult')).toBe(false);
    expect(model.counters.get('toolResultsLate')).toBe(1);
  });

  it('leaves a tool’s late answer to a stream that was asked the question again, as long as that may request the tool itself', async () => {
    const { opener, session } = await setUpAskedAgain();
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it?');
    opener.latest.output(toolUse('t2'));
    session.sendToolResult('t1', '{"time":"noon"}');
    session.sendToolResult('t2', '{"time":"noon"}');
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it?');
    expect(opener.latest.sent.at(-2)?.name).toBe('toolResult');
  });

  it('regression: tells a tool’s late answer to a stream that was asked the question again and answered without the tool', async () => {
    const { opener, session } = await setUpAskedAgain();
    opener.latest.output(...announced('Let me see.'), ...spoken('END_TURN'));
    session.sendToolResult('t1', '{"time":"noon"}');
    expect(opener.latest.texts.at(-1)).toBe('USER! (get_time: {"time":"noon"})');
  });

  it('is given up when the service refuses for good', async () => {
    const all = await setUpOpen();
    all.opener.latest.lose('AccessDeniedException');
    expect(all.events.lines).toEqual(['failed model_access_denied']);
    await all.session.close();
    expect(all.events.ends).toHaveLength(1);
    expectQuiet(all);
  });

  it('is replaced three times in thirty seconds and then given up, once', async () => {
    const all = await setUpOpen({ reconnectAttempts: 3, reconnectWindowMs: 30_000 });
    for (let i = 0; i < 4; i += 1) {
      all.opener.latest.lose();
      all.clock.advance(1_000);
      if (i < 3) all.opener.latest.accept();
    }
    expect(all.events.lines.filter((line) => line.startsWith('re'))).toEqual([
      'reconnecting 1 model_stream_broken',
      'reconnected',
      'reconnecting 2 model_stream_broken',
      'reconnected',
      'reconnecting 3 model_stream_broken',
      'reconnected',
    ]);
    expect(all.events.lines.at(-1)).toBe('failed model_stream_broken');
    expect(all.events.ends).toHaveLength(1);
    expectQuiet(all);
  });

  it('is replaced every eight minutes for as long as the call lasts, where it is not rotated before', async () => {
    const { opener, clock, events, session } = await setUpOpen(rotationRules(3_600_000));
    for (let i = 0; i < 6; i += 1) {
      clock.advance(480_000);
      opener.latest.lose('ModelTimeoutException', 'Model has timed out in processing the request');
      clock.advance(200);
      opener.latest.accept();
    }
    expect(events.lines.filter((line) => line === 'reconnected')).toHaveLength(6);
    await session.close();
    expect(events.ends).toEqual([{ kind: 'closed' }]);
  });

  it('is told half as much when the service finds the history too long', async () => {
    const { opener, clock } = await setUpOpen({ historyBytes: 4_096 });
    const answer = (i: number): string => `Answer ${i}. ${'Yes. '.repeat(58)}`;
    for (let i = 0; i < 20; i += 1)
      opener.latest.output(
        ...said('USER', 'Please. '.repeat(38)),
        ...announced(answer(i)),
        ...spoken('END_TURN'),
        ...said('ASSISTANT', answer(i)),
      );
    const sizes: number[] = [];
    opener.latest.lose();
    for (let i = 0; i < 3; i += 1) {
      clock.advance(1_000);
      sizes.push(opener.latest.texts.slice(1).join('').length);
      opener.latest.lose('ValidationException', 'Chat history is over max limit');
    }
    expect(sizes[0]).toBeGreaterThan(3_500);
    expect(sizes[1]).toBeLessThan(2_300);
    expect(sizes[2]).toBeLessThan(1_200);
  });

  it('while the session is being closed: it is closed, not failed', async () => {
    const { opener, events, session } = await setUpOpen();
    opener.latest.lose();
    await session.close();
    expect(events.lines).toEqual(['reconnecting 1 model_stream_broken', 'closed']);
  });

  it('may make a listener close the session at that very moment', async () => {
    for (const [event, outputs] of [
      ['onReconnecting', []],
      ['onTurnEnded', [...announced('a'), ...said('ASSISTANT', 'a')]],
    ] as const) {
      for (const exception of ['ModelStreamErrorException', 'AccessDeniedException']) {
        const all = await setUpOpen();
        all.opener.latest.output(...outputs);
        all.events[event] = () => void all.session.close();
        all.opener.latest.lose(exception);
        await settle();
        all.clock.advance(60_000);
        expect(all.events.ends).toHaveLength(1);
        expectQuiet(all);
      }
    }
  });
});

describe('watchdogs', () => {
  it('replace a stream that was asked to speak and sends nothing, and ask again', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    session.sendText('Greet the caller.');
    clock.advance(10_100);
    expect(events.take()).toEqual(['reconnecting 1 model_silent']);
    clock.advance(300);
    opener.latest.accept();
    clock.advance(32);
    expect(opener.latest.texts.at(-1)).toBe('USER! Greet the caller.');
  });

  it('replace a stream that wrote down what the caller said and never answers', async () => {
    const { opener, clock, events } = await setUpOpen();
    opener.latest.output(...said('USER', 'What time is it?'), { kind: 'completion-start', ...at });
    opener.latest.output({ kind: 'usage', usage: NO_USAGE });
    clock.advance(10_100);
    expect(events.take()).toEqual(['user: What time is it?', 'reconnecting 1 model_silent']);
  });

  it('give up on a model that answers on no stream, so that the caller can be told', async () => {
    const all = await setUpOpen();
    all.session.sendText('Greet the caller.');
    for (let i = 0; i < 4; i += 1) {
      all.opener.latest.accept();
      all.clock.advance(12_000);
    }
    expect(all.opener.streams).toHaveLength(4);
    expect(all.events.lines.at(-1)).toBe('failed model_silent');
    expectQuiet(all);
  });

  it('replace a stream that hears nothing, and have the caller asked to say it again', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    hear(session, clock, 1_000);
    hear(session, clock, 6_000, 0);
    expect(events.take()).toEqual(['reconnecting 1 model_deaf']);
    clock.advance(300);
    opener.latest.accept();
    clock.advance(64);
    expect(opener.latest.texts.at(-1)).toContain('say it again');
  });

  it('take noise that no stream reacts to for noise', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    for (let i = 0; i < 6; i += 1) {
      hear(session, clock, 1_000);
      hear(session, clock, 8_000, 0);
      if (opener.latest.progress === 'preparing')
        opener.latest.accept().output(...announced('Pardon?'), ...spoken('END_TURN'));
      hear(session, clock, 1_000, 0);
    }
    expect(events.lines.filter((line) => line.includes('model_deaf')).length).toBeLessThanOrEqual(2);
  });

  it('leave a stream alone that nobody asked', async () => {
    const { clock, events } = await setUpOpen();
    clock.advance(300_000);
    expect(events.lines).toEqual([]);
  });

  it('replace a stream that falls silent in the middle of its speech', async () => {
    const { opener, clock, events } = await setUpOpen();
    opener.latest.output(...announced('It is'), ...said('ASSISTANT', 'It is'), ...spoken('PARTIAL_TURN').slice(0, 2));
    events.take();
    clock.advance(3_900);
    expect(events.take()).toEqual([]);
    clock.advance(200);
    expect(events.take()).toEqual(['turn ended', 'reconnecting 1 model_stalled']);
  });

  it('end an answer that stops between two pieces of speech, and leave the stream alone', async () => {
    const { opener, clock, events } = await setUpOpen();
    opener.latest.output(...announced('It is'), ...spoken('PARTIAL_TURN'));
    events.take();
    clock.advance(15_100);
    expect(events.take()).toEqual(['turn ended']);
    clock.advance(60_000);
    opener.latest.output({ kind: 'audio', ...at, base64: 'AAAA' });
    expect(events.take()).toEqual(['turn started', 'audio']);
  });

  it('wait for a tool that takes its time', async () => {
    const { opener, clock, events, session } = await setUpOpen();
    opener.latest.output(...announced('Let me see.'), toolUse('t1'));
    events.take();
    clock.advance(60_000);
    expect(events.take()).toEqual([]);
    session.sendToolResult('t1', '{}');
    clock.advance(10_100);
    expect(events.take().at(-1)).toBe('reconnecting 1 model_silent');
  });
});
