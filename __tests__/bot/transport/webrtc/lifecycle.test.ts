import { releaseWebRtc } from '../../../support/release-webrtc';
import { WebRtcTransport } from '../../../../bot/transport/webrtc/transport';
import type { WebRtcTimeouts } from '../../../../bot/transport/webrtc/transport';
import { Caller } from '../../../../smoke/caller';
import { SeverableNetwork } from '../../../../testbed/clients/severable-network';
import { dominantHz, tone } from '../../../../testbed/speech/audio-analysis';
import { eventually } from '../../../support/eventually';
import { freeUdpPort } from '../../../support/free-udp-port';
import { CHROMIUM_OFFER } from '../../../support/offers';
import { WebRtcBot } from '../../../support/webrtc-bot';
import { UNHEEDED } from '../../../support/unheeded-events';

/* Real WebRTC on loopback. Timeouts are short, so that a vanished caller is noticed within a test. */
const bots: WebRtcBot[] = [];
const callers: Caller[] = [];
const networks: SeverableNetwork[] = [];

async function open(options: { timeouts?: Partial<WebRtcTimeouts>; udpPort?: number } = {}): Promise<WebRtcBot> {
  const bot = await WebRtcBot.open(options);
  bots.push(bot);
  return bot;
}

async function call(bot: WebRtcBot): Promise<Caller> {
  const caller = await Caller.connect({ baseUrl: bot.baseUrl });
  callers.push(caller);
  return caller;
}

/** The caller's tone as the bot hears it from now on, in Hz. */
async function hzHeardBy(bot: WebRtcBot, caller: Caller, hz: number, index = bot.calls.length - 1): Promise<number> {
  const side = bot.calls[index]!;
  const before = side.heard.length;
  await caller.say(tone(hz, 500, 16_000), 16_000);
  const heard = side.heard.subarray(before);
  return dominantHz(heard.subarray(heard.length - 5_000, heard.length - 904), 16_000);
}

afterEach(async () => {
  for (const caller of callers.splice(0)) caller.hangUp();
  for (const network of networks.splice(0)) network.close();
  await Promise.all(bots.splice(0).map((bot) => bot.close()));
});

afterAll(() => {
  releaseWebRtc();
});

test('a caller connects, says that it is ready and is told that the bot is', async () => {
  const bot = await open();
  const caller = await call(bot);
  expect(bot.call.happened).toEqual(['joined', 'client-ready']);
  const ready = caller.messages.find((entry) => entry.message.type === 'bot-ready');
  expect(ready?.message).toMatchObject({ id: 'c-1', data: { version: '2.1.0' } });
});

test('typed text arrives, and a message of the client is answered', async () => {
  const bot = await open();
  const caller = await call(bot);
  caller.sendText('what is the time?');
  await bot.call.until('send-text');
  expect(bot.call.texts).toEqual(['what is the time?']);
  const id = caller.send('client-message', { t: 'colour', d: { of: 'sky' } });
  const reply = await caller.waitForMessage((message) => message.id === id, 30_000);
  expect(reply.message).toMatchObject({ type: 'server-response', data: { t: 'colour', d: { of: 'sky' } } });
});

test('a caller who hangs up has left at once, and nothing of the call remains', async () => {
  const bot = await open();
  const caller = await call(bot);
  caller.hangUp();
  await bot.call.until('left 0', 30_000);
  expect(bot.gateway.size).toBe(0);
  expect(bot.ticker.listenerCount).toBe(0);
  expect(bot.call.happened).not.toContain('failed');
});

test('a caller who replaces the connection and never comes back on the new one is noticed', async () => {
  const bot = await open({ timeouts: { vanishMs: 300 } });
  const caller = await call(bot);
  const pcId = caller.pcId ?? '';
  await bot.gateway.renegotiate({ sdp: CHROMIUM_OFFER, type: 'offer', pcId, restartPc: true });
  await bot.call.until('failed', 30_000);
  expect(bot.call.error?.code).toBe('peer_failed');
  expect(bot.gateway.size).toBe(0);
  expect(bot.ticker.listenerCount).toBe(0);
});

test('V6: a caller who sends nothing at all is not taken for vanished while ICE is alive', async () => {
  const bot = await open({ timeouts: { vanishMs: 100 } });
  const caller = await call(bot);
  caller.mute(true);
  caller.fallSilent();
  // Far more beats than it takes to vanish, counted and not waited for.
  await new Promise<void>((resolve) => {
    let beats = 0;
    const unsubscribe = bot.ticker.subscribe(() => {
      beats += 1;
      if (beats < 50) return;
      unsubscribe();
      resolve();
    });
  });
  expect(bot.call.happened).not.toContain('failed');
});

test('an offer whose client never connects is given up in time', async () => {
  const bot = await open({ timeouts: { connectMs: 300 } });
  const { transport } = await bot.gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  await expect(transport.start(UNHEEDED, new AbortController().signal)).rejects.toMatchObject({ code: 'peer_failed' });
  expect(bot.gateway.size).toBe(0);
});

test('a call that ends before its client connects stops waiting at once', async () => {
  const bot = await open();
  const { transport } = await bot.gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  const abort = new AbortController();
  const started = transport.start(UNHEEDED, abort.signal);
  abort.abort();
  await expect(started).rejects.toMatchObject({ code: 'peer_failed' });
  await transport.close('operator');
  expect(bot.gateway.size).toBe(0);
});

test('a bot that closes says so first, and closing twice is once', async () => {
  const bot = await open();
  const caller = await call(bot);
  const closing = bot.call.transport.close('operator');
  expect(bot.call.transport.close('operator')).toBe(closing);
  expect(await caller.ended).toBe('bot-left');
  await closing;
  expect(bot.gateway.size).toBe(0);
  bot.call.transport.send({ label: 'rtvi-ai', type: 'bot-ready' });
  bot.call.transport.play(tone(440, 100, 24_000));
  await bot.call.transport.flush();
  expect(bot.call.transport.queuedMs).toBe(0);
});

test('twenty calls one after another leave nothing behind', async () => {
  const bot = await open();
  for (let count = 0; count < 20; count += 1) {
    const caller = await Caller.connect({ baseUrl: bot.baseUrl, record: false });
    caller.hangUp();
    await bot.call.until('left 0', 30_000);
  }
  expect(bot.calls).toHaveLength(20);
  expect(bot.gateway.size).toBe(0);
  expect(bot.ticker.listenerCount).toBe(0);
});

test('two calls at once do not mix', async () => {
  const bot = await open();
  const first = await call(bot);
  const second = await call(bot);
  const [firstHz, secondHz] = await Promise.all([hzHeardBy(bot, first, 400, 0), hzHeardBy(bot, second, 700, 1)]);
  expect(firstHz).toBeCloseTo(400, -1);
  expect(secondHz).toBeCloseTo(700, -1);
  bot.calls[0]?.rtvi.serverMessage({ for: 'first' });
  await first.waitForMessage('server-message', 30_000);
  expect(second.messages.some((entry) => entry.message.type === 'server-message')).toBe(false);
});

test('a client asked to renegotiate offers anew on the same connection, and audio goes on', async () => {
  const bot = await open();
  const caller = await call(bot);
  const { transport } = bot.call;
  if (!(transport instanceof WebRtcTransport)) throw new Error('another transport');
  transport.requestRenegotiation();
  await eventually(() => bot.renegotiations === 1, 'a second offer');
  expect(bot.calls).toHaveLength(1);
  expect(await hzHeardBy(bot, caller, 500)).toBeCloseTo(500, -1);
});

test('a client whose network changed replaces its connection, and the call goes on', async () => {
  const bot = await open();
  const caller = await call(bot);
  const pcId = caller.pcId;
  await caller.restart();
  expect(caller.pcId).toBe(pcId);
  expect(bot.calls).toHaveLength(1);
  expect(bot.call.happened).toEqual(['joined', 'client-ready']);
  expect(await hzHeardBy(bot, caller, 600)).toBeCloseTo(600, -1);
  bot.call.rtvi.serverMessage('after the restart');
  await caller.waitForMessage('server-message', 30_000);
  caller.hangUp();
  await bot.call.until('left 0', 30_000);
  expect(bot.gateway.size).toBe(0);
});

test('S3: what was said to a client without network is told on its next connection, once', async () => {
  const bot = await open();
  const network = new SeverableNetwork();
  networks.push(network);
  const caller = await Caller.connect({ baseUrl: bot.baseUrl, path: network });
  callers.push(caller);
  const pings = caller.messages.length;
  bot.call.rtvi.serverMessage('before');
  await caller.waitForMessage('server-message', 30_000, pings);
  // No packet may be on its way when the network goes, or it would be the last sign of life.
  caller.fallSilent();
  caller.sendRaw('ping: 1');
  caller.sendText('still there');
  await bot.call.until('send-text');
  network.cut();
  bot.call.rtvi.serverMessage('in the lift');
  await caller.restart();
  const isOfTheLift = ({ type, data }: { type: string; data?: unknown }): boolean =>
    type === 'server-message' && data === 'in the lift';
  await caller.waitForMessage(isOfTheLift, 30_000);
  bot.call.rtvi.serverMessage('after');
  await caller.waitForMessage((message) => message.data === 'after', 30_000);
  const said = caller.messages.map(({ message }) => message).filter(({ type }) => type === 'server-message');
  expect(said.map(({ data }) => data)).toEqual(['before', 'in the lift', 'after']);
});

test('all calls can share one UDP port', async () => {
  const bot = await open({ udpPort: await freeUdpPort() });
  const first = await call(bot);
  const second = await call(bot);
  expect(await hzHeardBy(bot, first, 400, 0)).toBeCloseTo(400, -1);
  expect(await hzHeardBy(bot, second, 700, 1)).toBeCloseTo(700, -1);
});

test('a closing gateway takes leave of everybody and refuses newcomers', async () => {
  const bot = await open();
  const caller = await call(bot);
  await bot.gateway.close();
  expect(await caller.ended).toBe('bot-left');
  expect(bot.gateway.size).toBe(0);
  await expect(bot.gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' })).rejects.toMatchObject({ code: 'draining' });
});
