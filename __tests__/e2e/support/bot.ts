import { BotProcess } from '../../../testbed/processes/bot-process';
import { buildBot } from '../../../testbed/processes/build-bot';
import {
  bundledScenario,
  FAKE_CREDENTIALS,
  startFakeBedrock,
  type FakeBedrock,
} from '../../../testbed/fakes/bedrock/server';

let building: Promise<void> | undefined;

/** The built bot in a process of its own, with the sandbox for a model; all on loopback. */
export interface TestBot {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly sandbox: FakeBedrock;
  readonly process: BotProcess;
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface TestBotOptions {
  /** Variables beside those that make it a bot on loopback. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the sandbox speaks with; a tone costs less. [espeak] */
  readonly voice?: 'espeak' | 'tone';
}

/** Starts a bot as the image runs it, page included. */
export async function startTestBot(options: TestBotOptions = {}): Promise<TestBot> {
  await (building ??= buildBot());
  const sandbox = await startFakeBedrock({ scenario: bundledScenario(), voice: options.voice ?? 'espeak' });
  try {
    const bot = await BotProcess.start(0, {
      TRANSPORT: 'webrtc',
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      BEDROCK_ENDPOINT_URL: sandbox.url,
      ...options.environment,
    });
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await bot.stop();
      await sandbox.close();
    };
    return { url: bot.url, sandbox, process: bot, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}
