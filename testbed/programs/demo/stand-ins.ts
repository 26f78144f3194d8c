import { localDaily, startFakeDaily } from '../../fakes/daily';
import { bundledScenario, FAKE_CREDENTIALS, type FakeSession, startFakeBedrock } from '../../fakes/bedrock';
import type { FakeTwilio } from '../../fakes/twilio';
import type { DemoOptions } from './options';
import { deskScenario, openDesk } from './phone-desk';

/** What the bot calls, as far as it is local, and the environment that says so to it. */
export interface StandIns {
  readonly botEnvironment: Readonly<Record<string, string | undefined>>;
  readonly daily: { readonly bundleUrl: string } | undefined;
  readonly twilio: FakeTwilio | undefined;
  /** The model's side of the first call; undefined where the model is Amazon's. */
  session(): Promise<FakeSession | undefined>;
  stop(): Promise<void>;
}

/** A call that Ctrl-C ends is not waited for. */
const LOCAL = { WEBRTC_BIND_ADDRESS: '127.0.0.1', TRANSPORT: 'webrtc', USER_ABSENT_SECONDS: '120', DRAIN_SECONDS: '1' };

export async function startStandIns(options: DemoOptions): Promise<StandIns> {
  if (options.bedrock) {
    return {
      botEnvironment: { ...process.env, ...LOCAL },
      daily: undefined,
      twilio: undefined,
      session: () => Promise.resolve(undefined),
      stop: () => Promise.resolve(),
    };
  }
  const scenario = options.phone ? deskScenario() : bundledScenario();
  const sandbox = await startFakeBedrock({ dialect: options.dialect, scenario });
  const desk = options.phone ? await openDesk() : undefined;
  const daily = options.daily ? await startFakeDaily() : undefined;
  const local = daily === undefined ? undefined : await localDaily(daily);
  return {
    botEnvironment: {
      ...LOCAL,
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      BEDROCK_ENDPOINT_URL: sandbox.url,
      NOVA_SONIC_ENDPOINTING: 'HIGH',
      TMPDIR: process.env['TMPDIR'],
      ...local?.environment,
      ...desk?.environment,
    },
    daily,
    twilio: desk?.twilio,
    session: () => sandbox.waitForSession(),
    stop: async () => {
      await desk?.stop();
      await daily?.close();
      await sandbox.close();
      local?.remove();
    },
  };
}
