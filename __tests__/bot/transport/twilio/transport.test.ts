import { Playout } from '../../../../bot/call/playout';
import { CALL_SID, media, start, streamPair, type StreamPair } from './stream-pair';
import { strictBeat } from '../../../support/strict-beat';

let pair: StreamPair;
afterEach(() => pair.end());

/** The playout over the transport, as a call has it. */
function playoutOf({ transport, clock }: StreamPair) {
  const drained: number[] = [];
  const ticker = strictBeat(clock);
  const events = {
    onStarted: () => undefined,
    onDrained: () => void drained.push(clock.nowMs()),
    onStarved: () => undefined,
    onUnderrun: () => undefined,
    onOverflow: () => undefined,
  };
  return { playout: new Playout({ transport, ticker, clock, events, leadMs: transport.leadMs }), drained };
}

const pcm = (ms: number): Int16Array => new Int16Array(ms * 24).fill(500);
/** Echoes the marks that have come and were not echoed before. */
function echoing({ say, marks }: StreamPair): () => void {
  let echoed = 0;
  return () => {
    for (; echoed < marks().length; echoed += 1) say({ event: 'mark', mark: { name: marks()[echoed] } });
  };
}

describe('the start of a stream', () => {
  it('says for the telephone, which has no client, that it is ready', async () => {
    pair = await streamPair();
    await pair.begin();
    expect(pair.messages.map(({ type }) => type)).toEqual(['client-ready']);
  });

  it.each([
    ['of another call', start({ callSid: `CA${'9'.repeat(32)}` }), 1008],
    ['of another account', start({ accountSid: `AC${'9'.repeat(32)}` }), 1008],
    ['in another format', start({ mediaFormat: { encoding: 'audio/l16', sampleRate: 16000, channels: 1 } }), 1003],
  ])('phone 4, 17: one %s is closed', async (_what, message, code) => {
    pair = await streamPair();
    const started = pair.starting();
    pair.say(message);
    await expect(started).rejects.toMatchObject({ code: 'peer_failed' });
    expect(await pair.closed).toBe(code);
  });

  it('phone 17: one that never comes is given up after 5 s', async () => {
    pair = await streamPair();
    const started = pair.starting();
    pair.clock.advance(5_000);
    await expect(started).rejects.toMatchObject({ code: 'peer_failed' });
    expect(await pair.closed).toBe(1008);
  });

  it.each([
    ['JSON that is none', (one: StreamPair) => one.twilio.send('{"event":'), 1007],
    ['a binary message', (one: StreamPair) => one.twilio.send(Buffer.from([1, 2, 3])), 1003],
    ['a message of 1 MB', (one: StreamPair) => one.twilio.send('x'.repeat(1_000_000)), 1009],
  ])('phone 17: %s ends the stream with the right code', async (_what, send, code) => {
    pair = await streamPair();
    await pair.begin();
    send(pair);
    expect(await pair.closed).toBe(code);
    await pair.until(() => pair.failed.length === 1, 'a failure');
  });

  it('phone 17: a field that is missing costs its message, and nothing else', async () => {
    pair = await streamPair();
    await pair.begin();
    for (const message of [
      { event: 'media' },
      { event: 'mark', mark: {} },
      { event: 'dtmf' },
      {},
      [],
      { event: 'new' },
    ]) {
      pair.say(message);
    }
    pair.say(media(1, 0));
    await pair.until(() => pair.heard.length === 1, 'audio');
    expect([pair.malformed(), pair.failed]).toEqual([5, []]);
  });
});

describe('the end of a stream', () => {
  it('phone 13, pipecat#2145: a caller who has hung up is not hung up on', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.say({ event: 'stop', stop: {} });
    await pair.until(() => pair.left.length === 1, 'that the caller left');
    await pair.transport.close('caller-left');
    expect([pair.hungUp, pair.failed, await pair.closed]).toEqual([[], [], 1000]);
  });

  it('phone 13: a caller who hangs up before the stream has begun holds no place any longer', async () => {
    pair = await streamPair();
    const started = pair.starting();
    pair.say({ event: 'stop', stop: {} });
    await expect(started).rejects.toMatchObject({
      code: 'peer_failed',
      message: expect.stringContaining('caller left') as string,
    });
    await pair.transport.close('never-connected');
    expect([pair.hungUp, await pair.closed]).toEqual([[], 1000]);
  });

  it('pipecat#728: the bot hangs up by REST first, and then closes', async () => {
    pair = await streamPair();
    await pair.begin();
    await pair.transport.close('agent-ended');
    expect([pair.hungUp, await pair.closed]).toEqual([[CALL_SID], 1000]);
  });

  it('vocode-core#276: a caller who was given away is not hung up on, nor one whom a newer stream has', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.replaced();
    await pair.transport.close('caller-vanished');
    expect(pair.hungUp).toEqual([]);
  });

  it('phone 16: a connection that says nothing for 15 s has failed, and the line is hung up', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.twilio.pause();
    pair.clock.advance(14_900);
    expect(pair.failed).toEqual([]);
    pair.clock.advance(200);
    expect(pair.failed).toMatchObject([{ code: 'peer_failed' }]);
    const closing = pair.transport.close('caller-vanished');
    await pair.until(() => pair.hungUp.length === 1, 'a hang-up');
    await pair.clock.advanceAsync(2_000);
    await closing;
  });

  it('mattermost/docs#8929, livekit/sip#812: a line on which nobody speaks is kept alive by pings, for more than a minute', async () => {
    pair = await streamPair();
    await pair.begin();
    let pings = 0;
    pair.twilio.on('ping', () => (pings += 1));
    let pongs = 0;
    pair.socket.on('pong', () => (pongs += 1));
    for (let count = 1; count <= 13; count += 1) {
      pair.clock.advance(5_000);
      await pair.until(() => pongs >= count, 'a pong');
    }
    expect([pings, pair.failed]).toEqual([13, []]);
  });

  it('a connection that is lost is for the carrier to see to: it asks what next', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.twilio.terminate();
    await pair.until(() => pair.failed.length === 1, 'a failure');
    await pair.transport.close('caller-vanished');
    expect(pair.hungUp).toEqual([]);
  });

  it('phone 14: a transfer that failed leaves the caller here', async () => {
    pair = await streamPair();
    await pair.begin();
    const to = { name: 'desk', address: 'tel:+14155550101' };
    expect(await pair.transport.transfer(to, pair.abort.signal)).toEqual({ kind: 'failed', why: 'busy' });
    pair.say({ event: 'stop', stop: {} });
    await pair.until(() => pair.left.length === 1, 'that the caller left');
  });
});

describe("the caller's side", () => {
  it('phone 15: keys are told one by one, as a client would', async () => {
    pair = await streamPair();
    await pair.begin();
    for (const digit of ['1', '*', 'A', '#']) pair.say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } });
    await pair.until(() => pair.messages.length === 4, 'three keys');
    expect(pair.messages.slice(1).map(({ type, data }) => [type, data])).toEqual([
      ['dtmf', { button: '1' }],
      ['dtmf', { button: '*' }],
      ['dtmf', { button: '#' }],
    ]);
  });

  it('phone 21: pieces come in order, once, and those that never came are given up', async () => {
    pair = await streamPair();
    await pair.begin();
    for (const chunk of [1, 3, 2, 2, 5, 6, 7, 8]) pair.say(media(chunk, (chunk - 1) * 20, chunk * 1_000));
    await pair.until(() => pair.heard.length >= 7, 'audio');
    expect(pair.heard.map((one) => Math.round((one[200] ?? 0) / 1_000))).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  it.each([
    ['one', [1_000_000_000_000]],
    ['so many that they are believed', [1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3, 1e12 + 4]],
  ])('phone 21: %s wrong number of a piece does not silence the caller', async (_what, wrong) => {
    pair = await streamPair();
    await pair.begin();
    for (const chunk of [...wrong, 1, 2, 3, 4]) pair.say(media(chunk, 0));
    await pair.until(() => pair.heard.length >= wrong.length + 4, 'the caller is heard');
  });

  it('phone 21: what a burst left out is silence; where time has passed the model was given it already', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.say(media(1, 0));
    pair.say(media(2, 520));
    await pair.until(() => pair.heardMs() >= 540, 'a hole filled');
    expect(pair.heardMs()).toBe(540);
    pair.clock.advance(1_000);
    pair.say(media(3, 1_540));
    await pair.until(() => pair.heardMs() > 540, 'a third piece');
    expect(pair.heardMs()).toBe(560);
    pair.say(media(4, 60_000));
    await pair.until(() => pair.heardMs() > 560, 'a fourth piece');
    expect(pair.heardMs()).toBe(2_580);
  });
});

describe("the bot's side", () => {
  it('phone 10, openai-agents-python#1906: an answer that comes at once is handed on with 160 ms ahead, in frames of 160 bytes', async () => {
    pair = await streamPair();
    await pair.begin();
    const { playout, drained } = playoutOf(pair);
    const echo = echoing(pair);
    playout.push(pcm(2_000));
    playout.endTurn();
    const most: number[] = [];
    for (let ms = 0; ms < 2_400 && drained.length === 0; ms += 20) {
      most.push(pair.transport.queuedMs);
      pair.clock.advance(20);
      await pair.seen('media', 0);
      echo();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await pair.seen('media', 100);
    expect(Math.max(...most)).toBeLessThanOrEqual(200);
    expect(
      pair.sent.every(({ media: one }) => one === undefined || Buffer.from(one.payload, 'base64').length === 160),
    ).toBe(true);
  });

  it('phone 8, pipecat#366: a barge-in sends `clear`, and what is unheard is gone at once', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.play(pcm(100));
    expect(pair.transport.queuedMs).toBe(100);
    await pair.transport.flush();
    expect(pair.transport.queuedMs).toBe(0);
    pair.transport.play(pcm(20));
    await pair.seen('clear', 1);
    await pair.seen('media', 6);
    expect(pair.sent.map(({ event }) => event)).toEqual([...Array<string>(5).fill('media'), 'clear', 'media']);
  });

  it('phone 9, vellum-assistant#38316: marks that `clear` echoes, unknown and future ones prove nothing', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.play(pcm(200));
    await pair.seen('mark', 1);
    const former = pair.marks();
    await pair.transport.flush();
    pair.transport.play(pcm(200));
    for (const name of [...former, 'g9.100', 'nonsense']) pair.say({ event: 'mark', mark: { name } });
    pair.say(media(1, 0));
    await pair.until(() => pair.heard.length === 1, 'that all was read');
    expect(pair.transport.queuedMs).toBe(200);
  });

  it('phone 9, twilio-agent-connect-python#118: the last word is heard when its mark is echoed, and after 3 s without one all the same', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.play(pcm(100));
    pair.clock.advance(1_000);
    expect(pair.transport.queuedMs).toBe(1);
    await pair.seen('mark', 1);
    pair.say({ event: 'mark', mark: { name: pair.marks()[0] } });
    await pair.until(() => pair.transport.queuedMs === 0, 'an echo');
    pair.transport.play(pcm(100));
    pair.clock.advance(3_000);
    expect(pair.transport.queuedMs).toBe(1);
    pair.clock.advance(500);
    expect(pair.transport.queuedMs).toBe(0);
  });

  it('openai-agents-js#1173: there is something to take back while it is unheard, though all of it was sent', async () => {
    pair = await streamPair();
    await pair.begin();
    const { playout } = playoutOf(pair);
    playout.push(pcm(100));
    playout.endTurn();
    await pair.seen('media', 5);
    expect(playout.active).toBe(true);
    await playout.flush();
    await pair.seen('clear', 1);
  });

  it('vellum-assistant#37061, pipecat#1771: sound of the caller alone, an echo or a noise, takes nothing back', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.play(pcm(100));
    for (let chunk = 1; chunk <= 20; chunk += 1) pair.say(media(chunk, (chunk - 1) * 20, 12_000));
    await pair.until(() => pair.heard.length === 20, 'the caller is heard');
    expect(pair.transport.queuedMs).toBe(100);
    pair.transport.play(pcm(20));
    await pair.seen('media', 6);
    expect(pair.sent.filter(({ event }) => event === 'clear')).toEqual([]);
  });

  it('timbal#112: the end of an old answer is not the beginning of the next', async () => {
    pair = await streamPair();
    await pair.begin();
    pair.transport.play(pcm(20));
    await pair.transport.flush();
    pair.transport.play(new Int16Array(480));
    await pair.seen('media', 2);
    const last = Buffer.from(pair.sent.at(-1)?.media?.payload ?? '', 'base64');
    expect([...last].every((byte) => byte === 0xff)).toBe(true);
  });
});
