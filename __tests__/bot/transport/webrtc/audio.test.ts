import { releaseWebRtc } from '../../../support/release-webrtc';
import { Caller } from '../../../../smoke/caller';
import {
  align,
  clicks,
  cut,
  dominantHz,
  firstSoundAfter,
  lastSound,
  lastSoundBeforeQuiet,
  longestGap,
  rmsOf,
  tone,
} from '../../../../testbed/speech/audio-analysis';
import type { BotSide } from '../../../support/webrtc-bot';
import { WebRtcBot } from '../../../support/webrtc-bot';

/* Real WebRTC on loopback: a scripted caller and the gateway, in one process. */
let bot: WebRtcBot;
let caller: Caller;
let side: BotSide;

beforeAll(async () => {
  bot = await WebRtcBot.open();
  caller = await Caller.connect({ baseUrl: bot.baseUrl });
  side = bot.call;
});

afterAll(async () => {
  caller.hangUp();
  await bot.close();
  releaseWebRtc();
});

/** Resolves when all that was played has been sent, and the caller has received silence for `quietMs` after it. */
async function heardAllOf(fromMs: number, quietMs = 100): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    while (side.transport.queuedMs > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const heard = caller.heard;
    const end = lastSound(heard);
    const nowHeardMs = heard.startMs + (heard.pcm.length * 1000) / heard.rateHz;
    if (end !== undefined && end > fromMs && nowHeardMs - end > quietMs) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error('what was played was not heard');
}

test('what the caller says at 440 Hz the bot hears at 16 kHz, 440 Hz, without a gap', async () => {
  const before = side.heard.length;
  const said = tone(440, 1_500, 16_000);
  await caller.say(said, 16_000);
  await caller.say(new Int16Array(3_200), 16_000);
  const heard = side.heard.subarray(before);
  expect(dominantHz(heard.subarray(4_000, 4_000 + 16_384), 16_000)).toBeCloseTo(440, 0);
  expect(longestGap({ pcm: heard, rateHz: 16_000, startMs: 0 }, 0, Infinity)).toBe(0);
  expect(align(heard, said).correlation).toBeGreaterThan(0.97);
});

test('what the bot plays at 660 Hz, 24 kHz, the caller hears at 660 Hz, without a gap or a click', async () => {
  const fromMs = caller.mark;
  side.transport.play(tone(660, 1_500, 24_000));
  expect(side.transport.queuedMs).toBeGreaterThan(1_400);
  await heardAllOf(fromMs);
  expect(side.transport.queuedMs).toBe(0);
  const heard = caller.heard;
  const begin = firstSoundAfter(heard, fromMs) ?? NaN;
  const end = lastSound(heard) ?? NaN;
  expect(end - begin).toBeGreaterThan(1_480);
  expect(end - begin).toBeLessThan(1_560);
  expect(longestGap(heard, begin, end)).toBe(0);
  expect(clicks(heard.pcm)).toEqual([]);
  expect(dominantHz(cut(heard, begin + 100, begin + 1_300).pcm, 24_000)).toBeCloseTo(660, 0);
});

test('a flush silences the bot within a frame, without a click', async () => {
  const fromMs = caller.mark;
  side.transport.play(tone(300, 3_000, 24_000, 0.3));
  while (firstSoundAfter(caller.heard, fromMs) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const packetsBefore = caller.counts.packets;
  await side.transport.flush();
  expect(side.transport.queuedMs).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const heard = caller.heard;
  const packetsAfter = caller.counts.packets - packetsBefore;
  const end = lastSoundBeforeQuiet(heard, fromMs, 100) ?? NaN;
  const heardEndMs = heard.startMs + (heard.pcm.length * 1000) / heard.rateHz;
  // Of the packets that came after the flush the first may hold the fade and the second its echo in the decoder.
  expect(heardEndMs - end).toBeGreaterThan((packetsAfter - 3) * 20);
  expect(packetsAfter).toBeGreaterThan(5);
  expect(clicks(heard.pcm)).toEqual([]);
});

test('what is played after a flush is heard whole', async () => {
  await side.transport.flush();
  const fromMs = caller.mark;
  side.transport.play(tone(500, 400, 24_000));
  await heardAllOf(fromMs);
  const heard = caller.heard;
  const begin = firstSoundAfter(heard, fromMs) ?? NaN;
  expect((lastSound(heard) ?? NaN) - begin).toBeGreaterThan(390);
  expect(longestGap(heard, begin, Infinity)).toBe(0);
});

test('a caller who mutes tells the bot, and is silent', async () => {
  caller.mute(true);
  await side.until('muted');
  const before = side.heard.length;
  await caller.say(tone(440, 300, 16_000), 16_000);
  expect(rmsOf(side.heard.subarray(before + 1_600))).toBeLessThan(0.001);
  caller.mute(false);
  await side.until('unmuted');
});

test('all along the stream had no hole, no jump and no late packet', () => {
  expect(caller.counts).toMatchObject({ missing: 0, reordered: 0, timestampJumps: 0, undecodable: 0 });
});
