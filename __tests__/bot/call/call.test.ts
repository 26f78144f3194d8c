import { BotError } from '../../../bot/errors';
import { settle } from '../../support/fake-clock';
import { GREETING, setup, inConversation, heardRecording } from './support/call-setup';

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

  it('pipecat#5868: who speaks while the model is being opened is heard, with the last second of it', async () => {
    const { transport, model, call } = setup();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const opens = model.open.bind(model);
    model.open = async (...of) => {
      await gate;
      return opens(...of);
    };
    void call.start();
    transport.connect();
    await settle();
    for (let frame = 0; frame < 100; frame += 1) transport.events?.onAudio(new Int16Array(320));
    open();
    await settle();
    expect(model.only.heardMs).toBe(1_000);
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
    model.only.events.onInterrupted('caller');
    await clock.advanceAsync(2_000);
    expect(transport.heard.length - heardBefore).toBeLessThanOrEqual(1);
    expect(transport.sentTypes).toContain('bot-interrupted');
    expect(call.summary).toMatchObject({ state: 'listening', bargeIns: 1 });
  });

  it('tells the client which words were heard before the barge-in', async () => {
    const { transport, model, clock } = await inConversation();
    model.only.speak('one two three four five six seven eight nine ten', 10_000);
    await clock.advanceAsync(5_000);
    model.only.events.onInterrupted('caller');
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
    events.onInterrupted('caller');
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
    expect(JSON.parse(model.only.toolResults[0]!.json)).toEqual({
      error: 'There is no such tool.',
      next: 'Answer the caller with what you know.',
    });
  });

  it('does not answer a call that has ended meanwhile', async () => {
    const { model, call, clock } = await inConversation();
    model.only.events.onToolUse({ toolUseId: 't3', name: 'slow', argumentsJson: '{}' });
    await call.close('operator');
    await clock.advanceAsync(2_000);
    expect(model.only.toolResults).toEqual([]);
  });

  it('answers a tool that a goodbye cuts short: the model would wait for it in silence', async () => {
    const { model, call, clock } = await inConversation();
    model.only.events.onToolUse({ toolUseId: 't4', name: 'slow', argumentsJson: '{}' });
    const closed = call.close('drained', 'drain-goodbye');
    await clock.advanceAsync(40);
    expect(model.only.toolResults.map(({ toolUseId }) => toolUseId)).toEqual(['t4']);
    model.only.speak('Goodbye.', 200);
    await clock.advanceAsync(5_000);
    await closed;
    expect(model.only.toolResults).toHaveLength(1);
  });

  it('a model that goes on calling tools is told to speak, until the caller is heard again', async () => {
    const { model, clock, log } = await inConversation({ toolCallsPerTurn: 2 });
    const ask = async (toolUseId: string): Promise<unknown> => {
      model.only.events.onToolUse({ toolUseId, name: 'slow', argumentsJson: '{}' });
      await clock.advanceAsync(1_100);
      return JSON.parse(model.only.toolResults.at(-1)!.json);
    };
    expect(await ask('a')).toEqual({ done: true });
    expect(await ask('b')).toEqual({ done: true });
    const refusal = {
      error: 'That was the last lookup for this turn.',
      next: 'Answer the caller now with what you have.',
    };
    expect(await ask('c')).toEqual(refusal);
    expect(log.filter(({ msg }) => msg === 'tool call').at(-1)).toMatchObject({
      tool: 'slow',
      outcome: 'tool_refused',
    });
    model.only.events.onTranscript({ role: 'user', text: 'And tomorrow?', stage: 'final' });
    expect(await ask('d')).toEqual({ done: true });
  });

  it('a model may correct its arguments twice in a turn, and is then told to apologise', async () => {
    const { model, log } = await inConversation({ toolCallsPerTurn: 8 });
    let count = 0;
    const ask = async (argumentsJson: string): Promise<unknown> => {
      model.only.events.onToolUse({ toolUseId: `use-${(count += 1)}`, name: 'slow', argumentsJson });
      await settle();
      return JSON.parse(model.only.toolResults.at(-1)!.json);
    };
    const correct = {
      error: 'The arguments were not JSON.',
      next: expect.stringContaining('Correct the arguments') as unknown,
    };
    const apologise = { error: 'The arguments were not JSON.', next: expect.stringContaining('Apologise') as unknown };
    expect([await ask('{'), await ask('{'), await ask('{'), await ask('{')]).toEqual([
      correct,
      correct,
      apologise,
      apologise,
    ]);
    expect(log.filter(({ outcome }) => outcome === 'tool_arguments_invalid')).toHaveLength(4);
    model.only.events.onTranscript({ role: 'user', text: 'On Monday.', stage: 'final' });
    expect(await ask('{')).toEqual(correct);
  });
});
