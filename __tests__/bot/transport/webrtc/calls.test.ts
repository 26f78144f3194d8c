import { releaseWebRtc } from '../../../../bot/transport/webrtc/gateway';
import {
  Caller,
  clicks,
  dominantHz,
  firstSoundAfter,
  lastSound,
  longestGap,
  nowMs,
  tone,
} from '../../../../sandbox/caller';
import { WebRtcBot } from '../../../support/webrtc-bot';

let bot: WebRtcBot;
const callers: Caller[] = [];

async function call(): Promise<Caller> {
  const caller = await Caller.connect({ baseUrl: bot.baseUrl });
  callers.push(caller);
  return caller;
}

beforeAll(async () => {
  bot = await WebRtcBot.open({ timeouts: { vanishMs: 1_200, connectMs: 1_500 } });
});

afterEach(() => {
  for (const caller of callers.splice(0)) caller.hangUp();
});

afterAll(async () => {
  await bot.close();
  releaseWebRtc();
});

test('the bot hears a tone of 440 Hz at 16 kHz without a gap', async () => {
  const caller = await call();
  const before = bot.call.heard.length;
  await caller.say(tone(440, 1_000, 16_000), 16_000);
  await caller.say(tone(440, 100, 16_000), 16_000);
  const heard = bot.call.heard.subarray(before);
  const recording = { pcm: heard, rateHz: 16_000, startMs: 0 };
  expect(dominantHz(heard.subarray(3_200, 3_200 + 8_192), 16_000)).toBeCloseTo(440, 0);
  expect(longestGap(recording, 0, Infinity)).toBe(0);
});

test('the caller hears a tone of 660 Hz from 24 kHz without a gap or a click', async () => {
  const caller = await call();
  const from = nowMs();
  bot.call.transport.play(tone(660, 1_000, 24_000));
  expect(bot.call.transport.queuedMs).toBeGreaterThan(900);
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  const heard = caller.heard;
  const begin = firstSoundAfter(heard, from) ?? NaN;
  const end = lastSound(heard) ?? NaN;
  expect(end - begin).toBeGreaterThan(980);
  expect(end - begin).toBeLessThan(1_050);
  expect(longestGap(heard, begin, end)).toBe(0);
  expect(clicks(heard.pcm)).toEqual([]);
  const sample = Math.round((begin - heard.startMs) * 24);
  expect(dominantHz(heard.pcm.subarray(sample, sample + 16_384), 24_000)).toBeCloseTo(660, 0);
  expect(caller.counts).toMatchObject({ missing: 0, reordered: 0, timestampJumps: 0, undecodable: 0 });
});
