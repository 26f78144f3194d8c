import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { dominantHz, tone } from '../../../../testbed/speech/audio-analysis';
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

/** Makes the call; the bot speaks as long as it lasts. */
async function call(kind: string): Promise<{ loudest: number; current: string; heardHz: number }> {
  const speaking = bot.ticker.subscribe(() => {
    const transport = bot.calls.at(-1)?.transport;
    if (transport !== undefined && transport.queuedMs < 200) transport.play(tone(660, 100, 24_000));
  });
  try {
    const args = [WORKER, bot.baseUrl, kind];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000, killSignal: 'SIGKILL' });
    const { heard } = bot.call;
    const heardHz = heard.length < 8_192 ? 0 : dominantHz(heard.subarray(heard.length - 4_096), 16_000);
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
}, 40_000);

test.each([
  ['sendonly', 440],
  ['recvonly', 0],
])(
  'V3: libwebrtc offers %s, and takes the answer',
  async (direction, hz) => {
    const { current, heardHz } = await call(direction);
    expect(current).toBe(direction);
    expect(heardHz).toBeCloseTo(hz, -2);
  },
  40_000,
);

test('V4: libwebrtc names its data channel as it likes', async () => {
  expect((await call('label')).loudest).toBeGreaterThan(1_000);
}, 40_000);
