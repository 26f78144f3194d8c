import { SPEECH } from '../../../contract/languages/en';
import { BotError } from '../../../bot/errors';
import { settle } from '../../support/fake-clock';
import { GREETING, RECORDED, inConversation, heardRecording } from './support/call-setup';

describe('a call: limits, announced before they act', () => {
  it('asks an absent caller, then says goodbye and hangs up', async () => {
    const { model, clock, call, transport } = await inConversation();
    await clock.advanceAsync(31_000);
    expect(model.only.texts.at(-1)).toContain(SPEECH.notices['still-there']);
    model.only.speak(SPEECH.notices['still-there'], 500);
    await clock.advanceAsync(17_000);
    expect(model.only.texts.at(-1)).toContain(SPEECH.notices['absent-goodbye']);
    model.only.speak(SPEECH.notices['absent-goodbye'], 500);
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
    model.only.events.onInterrupted('caller');
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
    await clock.advanceAsync(5_000);
    expect(secondsHeard()).toBe(4);
  });

  it('explains an answer that is late, and counts the answer, not the explanation', async () => {
    const { call, model, transport, clock, log } = await inConversation();
    transport.receive({ label: 'rtvi-ai', type: 'send-text', id: '2', data: { content: 'How are you?' } });
    await clock.advanceAsync(2_600);
    expect(heardRecording(transport)).toBe(true);
    // The recording lasts two seconds: the answer waits behind it.
    model.only.speak('Well.', 300);
    await clock.advanceAsync(3_000);
    expect(transport.heard.at(-1)?.includes(RECORDED)).toBe(false);
    const latencies = transport.sent.filter(({ data }) => JSON.stringify(data ?? '').includes('endOfSpeechToAudioMs'));
    expect(latencies).toHaveLength(1);
    await call.close('operator');
    const ended = log.find(({ msg }) => msg === 'call ended');
    expect(Number(ended?.['endOfSpeechToAudioP95Ms'])).toBeGreaterThan(4_400);
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
