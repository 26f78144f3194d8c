import { bundledScenario, FAKE_CREDENTIALS, startFakeBedrock } from '../../fakes/bedrock';
import { localDaily, startFakeDaily } from '../../fakes/daily';
import { BotProcess } from '../../processes';

/** A bot for each transport, as it is deployed; what they need is on loopback. */
export interface Bots {
  readonly urls: Readonly<Record<'webrtc' | 'daily', string>>;
  stop(): Promise<void>;
}

export async function startBots(): Promise<Bots> {
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const sandbox = await startFakeBedrock({ scenario: bundledScenario() });
    stops.push(() => sandbox.close());
    const daily = await startFakeDaily();
    stops.push(() => daily.close());
    const local = await localDaily(daily);
    stops.push(() => local.remove());
    const environment = {
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      TRANSPORT: 'webrtc',
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      BEDROCK_ENDPOINT_URL: sandbox.url,
      START_RATE_PER_MINUTE: '1000',
      DAILY_MAX_BUSY_PERCENT: '100',
    };
    const webrtc = await BotProcess.start(0, environment);
    stops.push(() => webrtc.stop());
    const inRooms = await BotProcess.start(0, { ...environment, ...local.environment });
    stops.push(() => inRooms.stop());
    return { urls: { webrtc: webrtc.url, daily: inRooms.url }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
