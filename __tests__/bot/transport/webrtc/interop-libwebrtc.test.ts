import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { dominantHz, tone } from '../../../../testbed/speech/audio-analysis';
import { eventually } from '../../../support/eventually';
import { releaseWebRtc } from '../../../support/release-webrtc';
import { WebRtcBot } from '../../../support/webrtc-bot';

/* What browsers are made of, in calls on loopback; each in a process of its own. */
const WORKER = path.join(__dirname, '../../../../testbed/clients/other-stacks/libwebrtc-worker.mjs');
let bot: WebRtcBot;

beforeEach(async () => {
  bot = await WebRtcBot.open();
});

afterEach(() => bot.close());

afterAll(() => {
  releaseWebRtc();
});

const ENOUGH_SAMPLES = 8_192;

/** Makes the call; the bot speaks as long as it lasts, which is until `isEnough`. */
async function call(
  kind: string,
  isEnough: (heardSamples: number) => boolean = (heardSamples) => heardSamples >= ENOUGH_SAMPLES,
): Promise<{ loudest: number; current: string; heardHz: number }> {
  const speaking = bot.ticker.subscribe(() => {
    const transport = bot.calls.at(-1)?.transport;
    if (transport !== undefined && transport.queuedMs < 200) transport.play(tone(660, 100, 24_000));
  });
  try {
    const args = [WORKER, bot.baseUrl, kind];
    const running = promisify(execFile)(process.execPath, args, { timeout: 60_000, killSignal: 'SIGKILL' });
    const heardEnough = eventually(() => isEnough(bot.calls.at(-1)?.heard.length ?? 0), 'the caller', 60_000);
    await Promise.race([heardEnough, running]);
    running.child.stdin?.end();
    const { stdout } = await running;
    const { heard } = bot.call;
    const heardHz = heard.length < ENOUGH_SAMPLES ? 0 : dominantHz(heard.subarray(heard.length - 4_096), 16_000);
    return { ...(JSON.parse(stdout) as { loudest: number; current: string }), heardHz };
  } finally {
    speaking();
  }
}

test('V1: libwebrtc takes the answer after its camera was stopped, and both are heard', async () => {
  const { loudest, heardHz } = await call('stopped-camera');
  expect(loudest).toBeGreaterThan(1_000);
  expect(heardHz).toBeCloseTo(440, -2);
  expect(bot.renegotiations).toBe(1);
});

test.each([
  ['sendonly', 440],
  ['recvonly', 0],
])('V3: libwebrtc offers %s, and takes the answer', async (direction, hz) => {
  const { current, heardHz } = await call(direction, hz === 0 ? () => true : undefined);
  expect(current).toBe(direction);
  expect(heardHz).toBeCloseTo(hz, -2);
});

test('V4: libwebrtc names its data channel as it likes', async () => {
  expect((await call('label')).loudest).toBeGreaterThan(1_000);
});
