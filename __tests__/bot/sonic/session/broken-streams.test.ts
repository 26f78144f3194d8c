import { rotationRules } from '../../../../bot/sonic/session/rotation';
import { settle } from '../../../support/fake-clock';
import {
  announced,
  said,
  spoken,
  toolUse,
  setUpOpen,
  setUpAskedAgain,
  expectQuiet,
} from './support/conversation-setup';

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
    expect(events.take()).toEqual(['final: Welcome!', 'reconnected']);
    expect(opener.latest.texts).toEqual(['SYSTEM Be kind.', 'USER Greet the caller.', 'ASSISTANT Welcome!']);
  });

  it('R7: the new one is told the context too, before the last answer, and is not asked it', async () => {
    const { opener, session, clock, events } = await setUpOpen();
    session.sendText('Greet the caller.');
    opener.latest.output(...announced('Welcome!'), ...spoken('END_TURN'), ...said('ASSISTANT', 'Welcome!'));
    session.addContext('My code word is heron.');
    opener.latest.lose();
    clock.advance(200);
    opener.latest.accept();
    clock.advance(32);
    expect(opener.latest.texts).toEqual([
      'SYSTEM Be kind.',
      'USER Greet the caller. My code word is heron.',
      'ASSISTANT Welcome!',
    ]);
    expect(events.timesAskedAgain).toBe(0);
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
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it? Tell the caller what was found: {"time":"noon"}');
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
    const { opener, session, clock } = await setUpAskedAgain();
    opener.latest.output(...announced('Let me see.'), ...spoken('END_TURN'));
    session.sendToolResult('t1', '{"time":"noon"}');
    clock.advance(160);
    expect(opener.latest.texts.at(-1)).toBe('USER! Tell the caller what was found: {"time":"noon"}');
  });

  it('tells the next one what a tool found, where only words said meanwhile came of it', async () => {
    const { opener, session, clock } = await setUpOpen();
    opener.latest.output(...said('USER', 'What time is it?'), toolUse('t1'), ...announced('One moment.'));
    session.sendToolResult('t1', '{"time":"noon"}');
    opener.latest.output(...spoken('END_TURN'));
    clock.advance(1_000);
    opener.latest.lose();
    clock.advance(200);
    opener.latest.accept();
    clock.advance(32);
    expect(opener.latest.texts.at(-1)).toBe('USER! Tell the caller what was found: {"time":"noon"}');
  });

  it('asks the next one for no answer that has begun, in a turn of its own or in that of the tool', async () => {
    for (const stopReason of ['END_TURN', 'PARTIAL_TURN']) {
      const { opener, session, clock } = await setUpOpen();
      opener.latest.output(...said('USER', 'What time is it?'), ...announced('One moment.'), toolUse('t1'));
      opener.latest.output(...spoken(stopReason));
      session.sendToolResult('t1', '{"time":"noon"}');
      clock.advance(600);
      opener.latest.output(...announced('Noon.'), ...spoken('END_TURN'));
      opener.latest.lose();
      clock.advance(200);
      opener.latest.accept();
      clock.advance(32);
      expect(opener.latest.texts.join(' ')).not.toContain('what was found');
    }
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
    for (let i = 0; i < 20; i += 1) {
      opener.latest.output(
        ...said('USER', 'Please. '.repeat(38)),
        ...announced(answer(i)),
        ...spoken('END_TURN'),
        ...said('ASSISTANT', answer(i)),
      );
      clock.advance(100);
    }
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
