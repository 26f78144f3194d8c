import { BotError } from '../../../../bot/errors';
import { OPTIONS, announced, said, spoken, toolUse, setUp, setUpOpen, expectQuiet } from './support/conversation-setup';

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

  it('feeds the caller’s audio once a frame is whole, between two beats', async () => {
    const { opener, clock, session } = await setUpOpen();
    clock.advance(32);
    const before = opener.latest.audioEvents;
    session.sendAudio(new Int16Array(320), 'silent');
    expect(opener.latest.audioEvents).toBe(before);
    session.sendAudio(new Int16Array(320), 'silent');
    expect(opener.latest.audioEvents).toBe(before + 1);
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
    const { opener, events, clock } = await setUpOpen();
    opener.latest.output(
      ...said('USER', 'Hi'),
      ...announced('Hello!'),
      ...spoken('END_TURN'),
      ...said('ASSISTANT', 'Hello!'),
    );
    clock.advance(100);
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

  it('rule 6: text typed right behind another waits until 160 ms of audio were fed since that', async () => {
    const { opener, clock, session } = await setUpOpen();
    session.sendText('One.');
    session.sendText('Two.');
    expect(opener.latest.texts.at(-1)).toBe('USER! One.');
    clock.advance(128);
    expect(opener.latest.texts.at(-1)).toBe('USER! One.');
    clock.advance(32);
    expect(opener.latest.texts.at(-1)).toBe('USER! Two.');
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

  it('R7: context is told once audio flows, asks nothing, and is waited for by nobody', async () => {
    const all = setUp();
    all.opener.latest.accept();
    const session = await all.opening;
    session.addContext('My code word is heron.');
    expect(all.opener.latest.texts).toEqual(['SYSTEM Be kind.']);
    all.clock.advance(32);
    session.addContext('I am in Oslo.');
    session.addContext(' ');
    expect(all.opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER My code word is heron.', 'USER I am in Oslo.']);
    all.clock.advance(60_000);
    expect(all.opener.streams).toHaveLength(1);
    expect(all.opener.latest.texts).toHaveLength(3);
    expect(all.events.lines).toEqual([]);
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
