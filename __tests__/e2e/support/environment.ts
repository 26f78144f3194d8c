import type { Bot } from '../../../bot/bot';
import type { OpenCallService } from '../../../bot/call-services';
import { openBot } from '../../../bot/compose';
import type { LoggerOptions } from '../../../bot/telemetry/logger';
import { createTelemetry } from '../../../bot/telemetry/telemetry';
import { Caller } from '../../../smoke/caller';
import type { CallerOptions } from '../../../smoke/caller/caller';
import {
  bundledScenario,
  FAKE_CREDENTIALS,
  startFakeBedrock,
  type FakeBedrock,
  type FakeBedrockOptions,
} from '../../../testbed/fakes/bedrock/server';
import { testConfig } from '../../support/config';
import { BotLog } from './bot-log';

/** A bot as it is deployed, in this process, with the sandbox for a model; all on loopback. */
export class Environment {
  readonly bot: Bot;
  readonly sandbox: FakeBedrock;
  readonly log: BotLog;
  readonly baseUrl: string;
  readonly #callers = new Set<Caller>();

  private constructor(bot: Bot, sandbox: FakeBedrock, log: BotLog, baseUrl: string) {
    this.bot = bot;
    this.sandbox = sandbox;
    this.log = log;
    this.baseUrl = baseUrl;
  }

  static async start(
    options: {
      env?: NodeJS.ProcessEnv;
      sandbox?: FakeBedrockOptions;
      openCallService?: OpenCallService;
      logLevel?: LoggerOptions['level'];
    } = {},
  ): Promise<Environment> {
    const sandbox = await startFakeBedrock({ scenario: bundledScenario(), ...options.sandbox });
    const log = new BotLog(options.logLevel);
    const telemetry = createTelemetry({ logger: log.logger });
    const config = testConfig({ ...modelEnvironment(sandbox), ...options.env });
    // The AWS SDK's own chain reads these, as in a container.
    Object.assign(process.env, credentialsEnvironment());
    const { openCallService } = options;
    const bot = await openBot(config, telemetry, openCallService === undefined ? {} : { openCallService });
    const { port } = await bot.start();
    return new Environment(bot, sandbox, log, `http://127.0.0.1:${port}`);
  }

  /** Calls the bot without a browser. */
  async call(options: Partial<CallerOptions> = {}): Promise<Caller> {
    const caller = await Caller.connect({ baseUrl: this.baseUrl, ...options });
    this.#callers.add(caller);
    return caller;
  }

  /** A figure from /metrics; the sum over all labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.baseUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) caller.hangUp();
    await this.bot.stop(0);
    await this.sandbox.close();
  }
}

/** What the bot's environment must say for it to talk to the sandbox. */
export function modelEnvironment(sandbox: FakeBedrock): Record<string, string> {
  return {
    AWS_REGION: 'eu-north-1',
    BEDROCK_ENDPOINT_URL: sandbox.url,
    NOVA_SONIC_ENDPOINTING: 'HIGH',
    MAX_CALLS: '20',
  };
}

export function credentialsEnvironment(): Record<string, string> {
  const { accessKeyId, secretAccessKey } = FAKE_CREDENTIALS;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}
