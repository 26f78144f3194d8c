import {
  at,
  announced,
  said,
  spoken,
  toolUse,
  setUpOpen,
  NO_USAGE,
  hear,
  expectQuiet,
} from './support/conversation-setup';

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

  it('let nothing of an old answer through because the word that cut it off was short, and told of late', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    opener.latest.output(...announced('It is a long story.'), ...spoken('PARTIAL_TURN').slice(0, 2));
    hear(session, clock, 300);
    hear(session, clock, 600, 0);
    opener.latest.output({ kind: 'speech-start' }, { kind: 'speech-end' });
    clock.advance(100);
    events.take();
    opener.latest.output(...announced('And on it goes.'), ...spoken('PARTIAL_TURN'));
    expect(events.take()).toEqual([]);
    opener.latest.output(...said('USER', 'Stop.'), ...announced('All right.'));
    expect(events.take()).toEqual(['user: Stop.', 'turn started', 'speculative: All right.']);
  });

  it("R3: let a cough, or ten, cost no stream and no 'say that again'", async () => {
    const { opener, session, clock, events } = await setUpOpen();
    for (let i = 0; i < 10; i += 1) {
      hear(session, clock, 600);
      hear(session, clock, 12_000, 0);
    }
    expect(events.lines).toEqual([]);
    expect(opener.streams).toHaveLength(1);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.']);
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

  it('rule 6: type a text again that was typed as another answer began, which that cut off', async () => {
    const { opener, session, clock } = await setUpOpen();
    const asked = (): number => opener.latest.texts.filter((text) => text === 'USER! Hello?').length;
    session.sendText('Hello?');
    clock.advance(200);
    opener.latest.output(...announced('It is'), ...spoken('INTERRUPTED'));
    clock.advance(4_900);
    expect(asked()).toBe(1);
    clock.advance(200);
    expect(asked()).toBe(2);
    opener.latest.output(...announced('Hello.'), ...spoken('END_TURN'));
    clock.advance(60_000);
    expect(asked()).toBe(2);
  });

  it('rule 6: type no text again that was answered, or that the caller has spoken since', async () => {
    const { opener, session, clock } = await setUpOpen();
    session.sendText('Hello?');
    clock.advance(200);
    opener.latest.output(...announced('Hello.'), ...spoken('END_TURN'), ...announced('So.'), ...spoken('INTERRUPTED'));
    session.sendText('Are you there?');
    opener.latest.output(...announced('Yes.'));
    hear(session, clock, 1_000);
    opener.latest.output(
      ...spoken('INTERRUPTED'),
      ...said('USER', 'Stop.'),
      ...announced('Yes?'),
      ...spoken('END_TURN'),
    );
    clock.advance(30_000);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER! Hello?', 'USER! Are you there?']);
  });

  it('rule 6: type no text again for which a tool is at work, or was for longer than a text is waited for', async () => {
    const { opener, session, clock } = await setUpOpen();
    session.sendText('What is the weather?');
    clock.advance(500);
    opener.latest.output(toolUse('t1'));
    clock.advance(5_000);
    session.sendToolResult('t1', '{"error":"That took too long."}');
    clock.advance(1_000);
    expect(opener.latest.texts.filter((text) => text === 'USER! What is the weather?')).toHaveLength(1);
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
    expect(events.take()).toEqual(['turn ended', 'final: It is']);
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
