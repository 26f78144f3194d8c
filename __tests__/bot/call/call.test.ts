import { Writable } from 'node:stream';
import { z } from 'zod';
import { Call } from '../../../bot/call/call';
import type { CallDeps } from '../../../bot/call/call-deps';
import { OPEN_ADMISSION } from '../../support/open-admission';
import { NOTICES, type NoticeAudio } from '../../../bot/call/notices';
import { BotError } from '../../../bot/errors';
import { createLogger } from '../../../bot/telemetry/logger';
import { createTelemetry } from '../../../bot/telemetry/telemetry';
import { Ticker } from '../../../bot/time/ticker';
import { defineTool } from '../../../bot/tools/tool';
import { ToolRunner } from '../../../bot/tools/tool-runner';
import { FakeClock, settle } from '../../support/fake-clock';
import { MemoryTransport } from '../../support/memory-transport';
import { ScriptedModel } from '../../support/scripted-model';

const GREETING = 'Greet the caller.';
/** Each recorded notice is two seconds of its own value, so that a test can tell what was heard. */
const RECORDED = 7;
const notices = Object.fromEntries(
  Object.keys(NOTICES).map((name) => [name, new Int16Array(48_000).fill(RECORDED)]),
) as unknown as NoticeAudio;

function setup(settings: Partial<CallDeps['settings']> = {}) {
  const clock = new FakeClock();
  const ticker = new Ticker({
    periodMs: 20,
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  const transport = new MemoryTransport(ticker);
  const model = new ScriptedModel();
  const log: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const slow = defineTool({
    name: 'slow',
    description: 'Takes a second.',
    schema: z.object({}),
    timeoutMs: 5_000,
    run: () => new Promise((resolve) => clock.after(1_000, () => resolve({ done: true }))),
  });
  const deps: CallDeps = {
    clock,
    ticker,
    model,
    modelId: 'test-model',
    session: { systemPrompt: 'Be brief.', voiceId: 'tiffany', endpointingSensitivity: 'HIGH' },
    tools: new ToolRunner([slow], clock),
    notices,
    telemetry: createTelemetry({ logger: createLogger({ level: 'info', version: 'test', destination }) }),
    prices: undefined,
    admission: OPEN_ADMISSION,
    settings: { maxCalls: 1, maxCallMs: 600_000, userAbsentMs: 30_000, greetingPrompt: GREETING, ...settings },
  };
  const call = new Call('call-1', transport, deps);
  return { clock, ticker, transport, model, log, deps, call };
}

/** A call in which the greeting has been heard. */
async function inConversation(settings: Partial<CallDeps['settings']> = {}) {
  const world = setup(settings);
  void world.call.start();
  world.transport.connect();
  world.transport.clientReady();
  await settle();
  world.model.only.speak('Hello!', 500);
  await world.clock.advanceAsync(700);
  expect(world.call.summary.state).toBe('listening');
  return world;
}

const heardRecording = (transport: MemoryTransport): boolean =>
  transport.heard.some((frame) => frame.includes(RECORDED));

describe('a call: the beginning', () => {
  it('greets first, and once, when the client says that it is ready', async () => {
    const { transport, model, call, clock } = setup();
    void call.start();
    transport.connect();
    await settle();
    expect(model.only.texts).toEqual([]);
    transport.clientReady();
    transport.clientReady();
    await clock.advanceAsync(10_000);
    expect(model.only.texts).toEqual([GREETING]);
    expect(transport.sentTypes).toContain('bot-ready');
  });

  it('greets a caller whose client says nothing', async () => {
    const { transport, model, call, clock } = setup();
    void call.start();
    transport.connect();
    await settle();
    await clock.advanceAsync(3_000);
    expect(model.only.texts).toEqual([GREETING]);
  });

  it('gives the model the prompt, the voice and the tools', async () => {
    const { model } = await inConversation();
    expect(model.only.options).toMatchObject({ callId: 'call-1', systemPrompt: 'Be brief.', voiceId: 'tiffany' });
    expect(model.only.options.tools.map((tool) => tool.name)).toEqual(['slow']);
  });

  it('closes, and closes the model too, when the caller never connects', async () => {
    const { transport, model, call } = setup();
    void call.start();
    await settle();
    transport.failToConnect();
    await call.ended;
    expect(model.only.closes).toBe(1);
    expect(transport.closedWith).toEqual(['never-connected']);
  });

  it('says aloud that the model cannot be reached, in a recorded voice, and closes', async () => {
    const { transport, model, call, clock } = setup();
    model.failToOpen = new BotError('model_access_denied', 'no access');
    void call.start();
    transport.connect();
    await clock.advanceAsync(4_000);
    await call.ended;
    expect(heardRecording(transport)).toBe(true);
    expect(transport.sentTypes).toContain('error');
    expect(transport.closedWith).toEqual(['model-failed']);
  });
});

describe('a call: turns', () => {
  it('tells the client what is said when it is heard, not when the model sends it', async () => {
    const { transport, model, clock } = await inConversation();
    transport.sent.length = 0;
    model.only.events.onTranscript({ role: 'user', text: 'Tell me a story.', stage: 'final' });
    model.only.speak('Once upon a time.', 2_000);
    await clock.advanceAsync(100);
    expect(transport.sentTypes).toEqual(
      expect.arrayContaining(['user-transcription', 'bot-llm-started', 'bot-started-speaking', 'bot-output']),
    );
    expect(transport.sentTypes).not.toContain('bot-stopped-speaking');
    await clock.advanceAsync(2_100);
    expect(transport.sentTypes.at(-1)).toBe('bot-stopped-speaking');
    const statuses = transport.sent
      .filter((message) => message.type === 'bot-output')
      .map((message) => (message.data as { spoken_status: string }).spoken_status);
    expect(statuses).toEqual(['new', 'in-progress', 'completed']);
  });

  it("is silent within a frame of a barge-in, even after the end of the model's turn", async () => {
    const { transport, model, clock, call } = await inConversation();
    model.only.speak('A very long answer that nobody wants to hear to its end.', 20_000);
    await clock.advanceAsync(1_000);
    const heardBefore = transport.heard.length;
    model.only.events.onInterrupted();
    await clock.advanceAsync(2_000);
    expect(transport.heard.length - heardBefore).toBeLessThanOrEqual(1);
    expect(transport.sentTypes).toContain('bot-interrupted');
    expect(call.summary).toMatchObject({ state: 'listening', bargeIns: 1 });
  });

  it('tells the client which words were heard before the barge-in', async () => {
    const { transport, model, clock } = await inConversation();
    model.only.speak('one two three four five six seven eight nine ten', 10_000);
    await clock.advanceAsync(5_000);
    model.only.events.onInterrupted();
    await settle();
    const last = transport.sent.filter((message) => message.type === 'bot-output').at(-1);
    expect(last?.data).toMatchObject({
      spoken_status: 'in-progress',
      spoken_progress: { accumulated_text: 'one two three four five' },
    });
  });

  it("sends the caller's audio on as it comes, and shows when the caller speaks", async () => {
    const { transport, model } = await inConversation();
    const before = model.only.heardMs;
    transport.hear(1_000, 8_000);
    transport.hear(1_000, 0);
    expect(model.only.heardMs - before).toBe(2_000);
    const speaking = transport.sentTypes.filter((type) => type.startsWith('user-st'));
    expect(speaking).toEqual(['user-started-speaking', 'user-stopped-speaking']);
  });

  it('lets typed text cut the answer short, and drops what the model still sends of it', async () => {
    const { transport, model, clock } = await inConversation();
    const { events } = model.only;
    events.onTurnStarted();
    events.onAudio(new Int16Array(48_000).fill(1));
    await clock.advanceAsync(200);
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'Stop. What time is it?' } });
    await settle();
    events.onAudio(new Int16Array(48_000).fill(2));
    await clock.advanceAsync(500);
    events.onInterrupted();
    model.only.speak('It is noon.', 200);
    await clock.advanceAsync(500);
    expect(model.only.texts.at(-1)).toBe('Stop. What time is it?');
    expect(transport.heard.some((frame) => frame.includes(2))).toBe(false);
    expect(transport.heard.some((frame) => frame.includes(1_000))).toBe(true);
  });

  it('answers in text only where the client asks for that', async () => {
    const { transport, model, clock } = await inConversation();
    const heardBefore = transport.heard.length;
    const options = { run_immediately: true, audio_response: false };
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'Quietly, please.', options } });
    model.only.speak('Of course.', 1_000);
    await clock.advanceAsync(1_500);
    expect(transport.heard.length).toBe(heardBefore);
    expect(transport.sent.filter((m) => m.type === 'bot-llm-text').at(-1)?.data).toEqual({ text: 'Of course.' });
    model.only.speak('Aloud again.', 100);
    await clock.advanceAsync(500);
    expect(transport.heard.length).toBeGreaterThan(heardBefore);
  });
});

describe('a call: tools', () => {
  it('answers each request once, while audio goes on', async () => {
    const { transport, model, clock } = await inConversation();
    model.only.events.onToolUse({ toolUseId: 't1', name: 'slow', argumentsJson: '{}' });
    model.only.speak('Let me see.', 500);
    await clock.advanceAsync(600);
    expect(transport.heard.length).toBeGreaterThan(40);
    expect(model.only.toolResults).toEqual([]);
    await clock.advanceAsync(600);
    expect(model.only.toolResults).toEqual([{ toolUseId: 't1', json: '{"done":true}' }]);
    expect(transport.sentTypes.filter((type) => type.startsWith('llm-function'))).toEqual([
      'llm-function-call-started',
      'llm-function-call-in-progress',
      'llm-function-call-stopped',
    ]);
  });

  it('gives an error that can be spoken of for a tool that does not exist', async () => {
    const { model } = await inConversation();
    model.only.events.onToolUse({ toolUseId: 't2', name: 'launch', argumentsJson: '{}' });
    await settle();
    expect(JSON.parse(model.only.toolResults[0]!.json)).toEqual({ error: 'There is no such tool.' });
  });

  it('does not answer a call that has ended meanwhile', async () => {
    const { model, call, clock } = await inConversation();
    model.only.events.onToolUse({ toolUseId: 't3', name: 'slow', argumentsJson: '{}' });
    await call.close('operator');
    await clock.advanceAsync(2_000);
    expect(model.only.toolResults).toEqual([]);
  });
});

describe('a call: limits, announced before they act', () => {
  it('asks an absent caller, then says goodbye and hangs up', async () => {
    const { model, clock, call, transport } = await inConversation();
    await clock.advanceAsync(31_000);
    expect(model.only.texts.at(-1)).toContain(NOTICES['still-there']);
    model.only.speak(NOTICES['still-there'], 500);
    await clock.advanceAsync(17_000);
    expect(model.only.texts.at(-1)).toContain(NOTICES['absent-goodbye']);
    model.only.speak(NOTICES['absent-goodbye'], 500);
    await clock.advanceAsync(2_000);
    await call.ended;
    expect(transport.closedWith).toEqual(['caller-absent']);
  });

  it('stays as long as the caller speaks', async () => {
    const { model, clock, transport } = await inConversation();
    for (let i = 0; i < 10; i += 1) {
      transport.hear(1_000, 8_000);
      transport.hear(1_000, 0);
      await clock.advanceAsync(20_000);
    }
    expect(model.only.texts).toEqual([GREETING]);
  });

  it('says the goodbye itself, from a recording, when the model does not', async () => {
    const { clock, call, transport } = await inConversation({ maxCallMs: 20_000 });
    await clock.advanceAsync(30_000);
    await call.ended;
    expect(heardRecording(transport)).toBe(true);
    expect(transport.closedWith).toEqual(['too-long']);
  });
});

describe('a call: the end', () => {
  it('closes once, with the first reason, whoever asks and however often', async () => {
    const { call, model, transport, log } = await inConversation();
    await Promise.all([call.close('operator'), call.close('caller-left'), call.close('drained', 'drain-goodbye')]);
    expect(transport.closedWith).toEqual(['operator']);
    expect(model.only.closes).toBe(1);
    expect(log.filter((line) => Object.values(line).includes('call ended'))).toHaveLength(1);
    expect(call.summary.state).toBe('closed');
  });

  it('ends when the last caller leaves, not when one of several does', async () => {
    const { call, transport } = await inConversation();
    transport.events?.onLeft(1);
    await settle();
    expect(call.summary.state).toBe('listening');
    transport.events?.onLeft(0);
    await call.ended;
    expect(transport.closedWith).toEqual(['caller-left']);
  });

  it('says that the model is lost when it is lost for good, and closes', async () => {
    const { call, model, transport, clock } = await inConversation();
    model.only.fail();
    await clock.advanceAsync(4_000);
    await call.ended;
    expect(heardRecording(transport)).toBe(true);
    expect(transport.closedWith).toEqual(['model-failed']);
  });

  it('regression: a goodbye that follows a barge-in at once is heard to its end', async () => {
    const { call, model, transport, clock } = await inConversation();
    model.only.speak('A long answer.', 10_000);
    await clock.advanceAsync(500);
    const flush = transport.flush.bind(transport);
    // A real transport takes a moment.
    transport.flush = async () => {
      await flush();
      await settle();
    };
    model.only.events.onInterrupted();
    model.only.fail();
    await clock.advanceAsync(5_000);
    await call.ended;
    const recorded = transport.heard.filter((frame) => frame.includes(RECORDED)).length;
    expect(recorded * 20).toBe(2_000);
  });

  it('explains a long pause while the model is being reached again, and stays silent about a short one', async () => {
    const { model, transport, clock } = await inConversation();
    const { events } = model.only;
    events.onReconnecting(new BotError('model_stream_broken', 'reset'), 1);
    await clock.advanceAsync(1_000);
    events.onReconnected(1_000);
    await clock.advanceAsync(4_000);
    expect(heardRecording(transport)).toBe(false);
    events.onReconnecting(new BotError('model_stream_broken', 'reset'), 1);
    await clock.advanceAsync(4_000);
    expect(heardRecording(transport)).toBe(true);
  });

  it('goes on explaining a pause that goes on', async () => {
    const { model, transport, clock } = await inConversation();
    model.only.events.onReconnecting(new BotError('model_stream_broken', 'reset'), 1);
    await clock.advanceAsync(2_600);
    const secondsHeard = (): number => transport.heard.filter((frame) => frame.includes(RECORDED)).length / 50;
    await clock.advanceAsync(3_000);
    expect(secondsHeard()).toBe(2);
    await clock.advanceAsync(6_000);
    expect(secondsHeard()).toBe(4);
  });

  it('explains an answer that is late, and counts the answer, not the explanation', async () => {
    const { call, model, transport, clock, log } = await inConversation();
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'How are you?' } });
    await clock.advanceAsync(4_100);
    expect(heardRecording(transport)).toBe(true);
    // The recording lasts two seconds: the answer waits behind it.
    model.only.speak('Well.', 300);
    await clock.advanceAsync(3_000);
    expect(transport.heard.at(-1)?.includes(RECORDED)).toBe(false);
    const latencies = transport.sent.filter(({ data }) => JSON.stringify(data ?? '').includes('endOfSpeechToAudioMs'));
    expect(latencies).toHaveLength(1);
    await call.close('operator');
    const ended = log.find(({ msg }) => msg === 'call ended');
    expect(Number(ended?.['endOfSpeechToAudioP95Ms'])).toBeGreaterThan(5_900);
    expect(Number(ended?.['timeToGreetingMs'])).toBeLessThan(1_000);
  });

  it('explains that an answer which broke off is late, too', async () => {
    const { model, transport, clock } = await inConversation();
    model.only.events.onReconnecting(new BotError('model_stream_broken', 'reset'), 1);
    model.only.events.onAskedAgain();
    model.only.events.onReconnected(200);
    await clock.advanceAsync(4_100);
    expect(heardRecording(transport)).toBe(true);
  });

  it('does not explain what comes in time', async () => {
    const { model, transport, clock } = await inConversation();
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'How are you?' } });
    await clock.advanceAsync(1_000);
    model.only.speak('Well.', 300);
    await clock.advanceAsync(20_000);
    expect(heardRecording(transport)).toBe(false);
  });

  it('is over in bounded time even when model and transport never close', async () => {
    const { call, model, transport, clock } = await inConversation();
    model.only.close = () => new Promise(() => undefined);
    transport.close = () => new Promise(() => undefined);
    void call.close('operator');
    await clock.advanceAsync(5_100);
    await call.ended;
    expect(call.summary.state).toBe('closed');
  });

  it('ends this call, and throws at nobody, when a listener fails', async () => {
    const { call, transport, log } = await inConversation();
    transport.send = () => {
      throw new Error('broken pipe');
    };
    expect(() => transport.events?.onMuted(true)).not.toThrow();
    await call.ended;
    expect(log.some((line) => Object.values(line).includes('call failed'))).toBe(true);
  });

  it('ends this call, and throws at nobody, when a listener of the model fails', async () => {
    const { call, transport, model, log } = await inConversation();
    transport.send = () => {
      throw new Error('broken pipe');
    };
    expect(() => model.only.events.onTurnStarted()).not.toThrow();
    await call.ended;
    expect(model.only.closes).toBe(1);
    expect(log.some((line) => Object.values(line).includes('call failed'))).toBe(true);
  });

  it('leaves no timer and no listener behind', async () => {
    const { call, clock, ticker } = await inConversation();
    await call.close('operator');
    expect(clock.pendingTimers).toBe(0);
    expect(ticker.listenerCount).toBe(0);
  });

  it('writes no word that anybody said into the log', async () => {
    const { call, model, clock, transport, log } = await inConversation();
    model.only.events.onTranscript({ role: 'user', text: 'my number is 4711', stage: 'final' });
    model.only.speak('I shall remember 4711', 300);
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'and 4711 again' } });
    transport.receive({ label: 'rtvi-ai', type: '4711', id: '3' });
    await clock.advanceAsync(1_000);
    await call.close('operator');
    expect(JSON.stringify(log)).not.toContain('4711');
  });
});
