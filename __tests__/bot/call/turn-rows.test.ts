import { settle } from '../../support/fake-clock';
import { GREETING, heardRecording, inConversation, setup } from './support/call-setup';

const typed = (content: string) => ({ label: 'rtvi-ai', type: 'send-text', id: '9', data: { content } });

describe("R1: the caller's speech ends", () => {
  it('with a mute in mid-word', async () => {
    const { transport, model } = await inConversation();
    transport.hear(500, 8_000);
    expect(model.only.voice).toBe('speaking');
    transport.events?.onMuted(true);
    expect(transport.sentTypes.filter((type) => type.startsWith('user-'))).toEqual([
      'user-started-speaking',
      'user-stopped-speaking',
      'user-mute-started',
    ]);
    expect(model.only.voice).toBe('silent');
  });

  it('when no more packets come for 300 ms', async () => {
    const { transport, model, clock } = await inConversation();
    transport.hear(500, 8_000);
    await clock.advanceAsync(280);
    expect(transport.sentTypes).not.toContain('user-stopped-speaking');
    await clock.advanceAsync(60);
    expect(transport.sentTypes).toContain('user-stopped-speaking');
    expect(model.only.voice).toBe('silent');
  });

  it('and not because the event loop was late', async () => {
    const { transport, clock } = await inConversation();
    transport.hear(500, 8_000);
    clock.stall(350);
    clock.advance(0);
    transport.hear(20, 8_000);
    expect(transport.sentTypes).not.toContain('user-stopped-speaking');
  });

  it('so that an absent caller is asked for', async () => {
    const { transport, model, clock } = await inConversation();
    transport.hear(500, 8_000);
    await clock.advanceAsync(31_000);
    expect(model.only.texts).toHaveLength(2);
  });

  it('leaving nothing behind', async () => {
    const { transport, call, clock, ticker } = await inConversation();
    transport.hear(500, 8_000);
    await call.close('operator');
    expect(clock.pendingTimers).toBe(0);
    expect(ticker.listenerCount).toBe(0);
  });
});

describe("R2: an abandoned call with the bot's own echo", () => {
  it('ends as one without it does', async () => {
    const { transport, model, clock, call } = await inConversation();
    for (let second = 0; second < 60; second += 1) {
      const asked = model.only.texts.length;
      if (asked > 1) {
        model.only.speak('Are you still there?', 1_000);
        model.only.texts.length = 1;
        transport.hear(1_000, 8_000);
        transport.hear(1_000, 0);
      }
      await clock.advanceAsync(1_000);
    }
    await call.ended;
    expect(transport.closedWith).toEqual(['caller-absent']);
  });
});

describe('R5: blank text', () => {
  it.each(['', ' ', '\u200b\u200b', '\ufeff\n'])('is ignored, and the client is told (%j)', async (content) => {
    const { transport, model, clock } = await inConversation();
    transport.receive(typed(content));
    expect(transport.sent.at(-1)).toMatchObject({ type: 'error-response', id: '9' });
    await clock.advanceAsync(5_000);
    expect(model.only.texts).toEqual([GREETING]);
    expect(heardRecording(transport)).toBe(false);
  });
});

describe('R7, R9: what a client adds and does not ask', () => {
  const added = [
    { type: 'send-text', data: { content: 'I am in Oslo.', options: { run_immediately: false } } },
    { type: 'append-to-context', data: { role: 'user', content: 'I am in Oslo.' } },
  ].map((message) => ({ label: 'rtvi-ai', id: '9', ...message }));

  it.each(added)('becomes context and brings no answer ($type)', async (message) => {
    const { transport, model, clock, call } = await inConversation();
    const before = transport.sent.length;
    transport.receive(message);
    await clock.advanceAsync(10_000);
    expect(model.only.contexts).toEqual(['I am in Oslo.']);
    expect(model.only.texts).toEqual([GREETING]);
    expect(transport.sent.slice(before)).toEqual([]);
    expect(heardRecording(transport)).toBe(false);
    await call.close('operator');
  });

  it('cuts nothing short', async () => {
    const { transport, model, clock } = await inConversation();
    model.only.speak('This is a long story.', 2_000);
    await clock.advanceAsync(500);
    transport.receive(added[0]);
    expect(transport.flushes).toBe(0);
    expect(transport.sent.map(({ type }) => type)).not.toContain('bot-interrupted');
  });
});

describe('keys of a telephone', () => {
  const press = (...buttons: string[]): unknown => ({ label: 'rtvi-ai', type: 'dtmf', id: '9', data: { buttons } });

  it('pressed one by one are told the model together, once no more come', async () => {
    const { transport, model, clock } = await inConversation();
    for (const key of ['4', '2']) {
      transport.receive(press(key));
      await clock.advanceAsync(1_000);
    }
    expect(model.only.texts).toEqual([GREETING]);
    await clock.advanceAsync(1_100);
    expect(model.only.texts.slice(1)).toEqual(['The caller pressed these keys of the telephone: 4 2']);
  });

  it('phone 15: the first one silences the bot', async () => {
    const { transport, model, clock } = await inConversation();
    model.only.speak('For opening hours press one.', 2_000);
    await clock.advanceAsync(500);
    transport.receive(press('1'));
    await settle();
    expect(transport.flushes).toBe(1);
    expect(model.only.texts).toEqual([GREETING]);
  });

  it('are told at once after #, and never logged', async () => {
    const { transport, model, log } = await inConversation();
    transport.receive(press('4', '7', '1', '1', '#'));
    expect(model.only.texts.slice(1)).toEqual(['The caller pressed these keys of the telephone: 4 7 1 1 #']);
    expect(JSON.stringify(log)).not.toMatch(/4 ?7 ?1 ?1/);
  });

  it('of a call that ends are told nobody', async () => {
    const { transport, model, clock, call } = await inConversation();
    transport.receive(press('4'));
    await call.close('operator');
    await clock.advanceAsync(5_000);
    expect(model.only.texts).toEqual([GREETING]);
  });
});

test('a client that asked is told how loud caller and bot are', async () => {
  const { transport, model, clock } = await inConversation();
  const message = { t: 'report', d: { audioLevels: true, vad: true } };
  transport.receive({ label: 'rtvi-ai', type: 'client-message', id: '9', data: message });
  transport.hear(600, 8_000);
  transport.hear(1_000, 0);
  model.only.speak('Well.', 500);
  await clock.advanceAsync(600);
  const types = transport.sent.map(({ type }) => type);
  expect(types.filter((type) => type === 'user-audio-level')).toHaveLength(10);
  expect(types.filter((type) => type === 'bot-audio-level').length).toBeGreaterThanOrEqual(3);
  expect(types.filter((type) => type.startsWith('vad-'))).toEqual([
    'vad-user-started-speaking',
    'vad-user-stopped-speaking',
  ]);
});

describe('R8: text typed before the model is open', () => {
  it('is kept, and asked in place of the greeting when it is open', async () => {
    const { transport, model, call } = setup();
    const open = model.open.bind(model);
    let accept: () => void = () => undefined;
    const accepted = new Promise<void>((resolve) => (accept = resolve));
    model.open = async (...args: Parameters<typeof open>) => {
      await accepted;
      return open(...args);
    };
    void call.start();
    transport.connect();
    await settle();
    transport.clientReady();
    transport.receive(typed('What time is it?'));
    transport.receive(typed('In Paris?'));
    accept();
    await settle();
    expect(model.only.texts).toEqual(['What time is it?\nIn Paris?']);
    await call.close('operator');
  });
});

describe('R10: a first stream that takes long to open', () => {
  it('is explained within 2.5 s of the connection', async () => {
    const { transport, model, call, clock } = setup();
    model.open = () => new Promise(() => undefined);
    void call.start();
    transport.connect();
    await clock.advanceAsync(2_400);
    expect(heardRecording(transport)).toBe(false);
    await clock.advanceAsync(200);
    expect(heardRecording(transport)).toBe(true);
    expect(call.summary.state).toBe('connecting');
    void call.close('operator');
    await clock.advanceAsync(6_000);
  });
});
