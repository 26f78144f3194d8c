import { Recogniser, bundledScenario } from '../../../testbed/fakes/bedrock/recogniser';
import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';
import { Line } from '../../../testbed/fakes/twilio/line/line';
import type { FakeCall } from '../../../testbed/fakes/twilio/types';
import { connectBots, phoneEnvironment } from '../../../testbed/processes';
import { align, alignSegments, likenessOf, readRecording, type RecordingName, resample } from '../../../testbed/speech';
import { Environment } from '../../e2e/support/environment';

/** As a mobile telephone at the edge of its cell: narrow, 2 % of the frames lost, hiss, uneven arrival. */
const BAD_LINE = { bandLimited: true, lossShare: 0.02, noiseDb: -50, jitterMs: 40, seed: 18 };
const SPOKEN = ['0880', '0890', '0930'] as const;
/** And a network that sends twice, out of turn, in bursts, and nothing of silence. */
const WORSE_LINE = { ...BAD_LINE, burstMs: 200, withholdsSilence: true };
const QUIET_MS = 500;
const FIRST_WORDS_MS = 300;
/** What is lost is taken out of the sound, 20 ms each: so many in one sentence are more than bad luck. */
const MOST_LOST_MS = 120;
const SCENARIO = bundledScenario();

/** What a telephone leaves of a recording, at the model's rate. */
const narrow = (name: RecordingName): Int16Array => {
  const { samples, rateHz } = readRecording(name);
  const line = new Line({ bandLimited: true });
  const pcm = resample(samples, rateHz, 8_000);
  const frames = Array.from({ length: Math.floor(pcm.length / 160) }, (_, i) => {
    const carried = line.carry(pcm.subarray(i * 160, (i + 1) * 160));
    return carried.kind === 'frame' ? [...carried.pcm] : [];
  });
  return resample(Int16Array.from(frames.flat()), 8_000, 16_000);
};

let env: Environment;
let twilio: FakeTwilio;
let call: FakeCall;
const answered: RecordingName[] = [];

/* One call for all: it is the same voice on the same line that is looked at from several sides. */
beforeAll(async () => {
  twilio = await openTwilio();
  const recordings = SCENARIO.recordings.map((recording) => ({ ...recording, reply: 'I see.' }));
  env = await Environment.start({ env: phoneEnvironment(twilio), sandbox: { scenario: { recordings } } });
  connectBots(twilio, [env.baseUrl]);
  call = twilio.ring({ line: BAD_LINE });
  await call.waitFor('audio');
  await call.quiet(QUIET_MS);
  for (const name of SPOKEN) {
    const after = call.events.length - 1;
    await call.speak(readRecording(name));
    await call.waitFor('audio', { after });
    answered.push(name);
    await call.quiet(QUIET_MS);
  }
  call.hangUp();
  await call.ended;
});

afterAll(async () => {
  await twilio.close();
  await env.stop();
});

it('phone 1: greeted, answered at each turn, and ended once when the caller hangs up', async () => {
  expect(answered).toEqual(SPOKEN);
  expect(call.events.map(({ kind }) => kind).filter((kind) => kind === 'upgrade')).toHaveLength(1);
  expect(env.log.of('call ended')).toMatchObject([{ reason: 'caller-left' }]);
  expect(await env.metric('voice_agent_calls_active')).toBe(0);
  expect(twilio.errors).toEqual([]);
  // The caller has hung up: there is nothing to ask of Twilio.
  expect(twilio.requests).toEqual([]);
});

it('auto-subs#563: finds every turn of a recorded voice on a bad line, and knows its words', () => {
  const heard = env.sandbox.sessions[0]!.heardPcm16k();
  const recogniser = new Recogniser(SCENARIO);
  const words = SPOKEN.map((name) => {
    const original = narrow(name);
    const { lagSamples } = align(heard, original);
    return recogniser.recognise(heard.slice(lagSamples, lagSamples + original.length))?.words;
  });
  expect(words).toEqual(SCENARIO.recordings.map((recording) => recording.words));
});

it.each(SPOKEN)('loses no first words of %s, and none elsewhere beyond the frames that were lost', (name) => {
  const heard = env.sandbox.sessions[0]!.heardPcm16k();
  const segments = alignSegments(heard, narrow(name), 16_000, { segmentMs: FIRST_WORDS_MS });
  // A frame that is lost in the middle of it halves it; words that are lost leave a tenth.
  expect(segments[0]!.correlation).toBeGreaterThan(0.4);
  expect(likenessOf(segments)).toBeGreaterThan(0.9);
  // Where hiss is all that there is, anything is found anywhere.
  const found = segments.filter(({ correlation }) => correlation > 0.7);
  expect(found.length / segments.length).toBeGreaterThan(0.7);
  expect(Math.max(...found.map(({ shiftMs }) => Math.abs(shiftMs)))).toBeLessThan(MOST_LOST_MS);
});

it('phone 21, Phonic-node#32: pieces twice, out of turn, in bursts, and none of silence: the model hears on, and the turn ends', async () => {
  const next = twilio.ring({ from: '+14155550143', line: WORSE_LINE, faults: { reorders: true, duplicates: true } });
  await next.waitFor('audio');
  await next.quiet(QUIET_MS);
  const after = next.events.length - 1;
  const { startedMs, endedMs } = await next.speak(readRecording(SPOKEN[0]));
  await next.waitFor('audio', { after });
  const heard = env.sandbox.sessions[1]!.heardPcm16k();
  const segments = alignSegments(heard, narrow(SPOKEN[0]), 16_000, { segmentMs: FIRST_WORDS_MS });
  expect(likenessOf(segments)).toBeGreaterThan(0.9);
  // What was spoken is in it, and the silence around it, which nobody sent.
  expect(heard.length / 16).toBeGreaterThan(endedMs - startedMs + QUIET_MS);
  next.hangUp();
  await next.ended;
});
