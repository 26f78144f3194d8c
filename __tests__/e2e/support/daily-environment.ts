import { callsInRooms, dailyOptions } from '../../../bot/call-services';
import type { ChromiumPath } from '../../../bot/transport/daily/browser/chromium';
import { DailyService, type DailyOptions } from '../../../bot/transport/daily/daily-service';
import { startFakeDaily, type FakeDaily } from '../../../testbed/fakes/daily/server';
import type { FakeBedrockOptions } from '../../../testbed/fakes/bedrock/server';
import type { TestBrowser } from '../../../smoke/browser/browser';
import { BrowserCaller, type CallerOptions } from '../../../smoke/browser/browser-caller';
import { unpackChromium } from '../../../smoke/browser/chromium';
import { Environment } from './environment';

/** A bot as it is deployed, whose calls go through Daily's rooms; Daily and the model are sandboxes on loopback. */
export class DailyEnvironment {
  readonly environment: Environment;
  readonly daily: FakeDaily;
  readonly service: DailyService;
  readonly #callers: BrowserCaller[] = [];

  private constructor(environment: Environment, daily: FakeDaily, service: DailyService) {
    this.environment = environment;
    this.daily = daily;
    this.service = service;
  }

  static async start(
    options: { env?: NodeJS.ProcessEnv; sandbox?: FakeBedrockOptions; daily?: Partial<DailyOptions> } = {},
  ): Promise<DailyEnvironment> {
    const { ensureDailyPageBuilt } = await import('../../../scripts/build-daily-page.mjs');
    const [daily, chromium] = await Promise.all([startFakeDaily(), testChromium(), ensureDailyPageBuilt()]);
    let opened: DailyService | undefined;
    const environment = await Environment.start({
      // Rooms and tokens must not be in a log of any level.
      logLevel: 'debug',
      ...(options.sandbox === undefined ? {} : { sandbox: options.sandbox }),
      env: {
        TRANSPORT: 'daily',
        DAILY_API_KEY: daily.apiKey,
        DAILY_API_URL: daily.apiUrl,
        DAILY_BUNDLE_URL: daily.bundleUrl,
        // Tests share the machine with whatever runs beside them.
        DAILY_MAX_BUSY_PERCENT: '100',
        ...options.env,
      },
      openCallService: async (config, deps) => {
        const lenient = { busyShare: config.daily.maxBusyShare, pingMs: 60_000 };
        const usual = { ...dailyOptions(config, deps, daily.apiKey), chromium, load: lenient };
        opened = await DailyService.open({ ...usual, ...options.daily });
        return callsInRooms(deps, opened);
      },
    });
    if (opened === undefined) throw new Error('Daily calls cannot be had');
    return new DailyEnvironment(environment, daily, opened);
  }

  /** A tab with the unmodified Pipecat client and Daily transport; closed by `hangUp`. */
  async open(browser: TestBrowser, options: Partial<CallerOptions> = {}): Promise<BrowserCaller> {
    const { bundleUrl } = this.daily;
    const caller = await BrowserCaller.open(browser, {
      baseUrl: this.environment.baseUrl,
      dailyBundleUrl: bundleUrl,
      ...options,
    });
    this.#callers.push(caller);
    return caller;
  }

  /** Somebody else in a room that there is, with a token of their own. */
  async joinRoom(browser: TestBrowser, name: string): Promise<BrowserCaller> {
    const token = await this.service.rooms.createToken(name, 'caller', 600_000);
    const guest = await this.open(browser);
    const { origin } = new URL(this.daily.apiUrl);
    await guest.join({ url: `${origin}/${name}`, token });
    return guest;
  }

  /** Closes all callers' tabs and waits until their calls are over. */
  async hangUp(): Promise<void> {
    const active = this.environment.bot.calls.list().map(({ id }) => id);
    for (const caller of this.#callers.splice(0)) await caller.close();
    await Promise.all(active.map((callId) => this.environment.log.waitFor('call ended', { callId }, 30_000)));
  }

  /**
   * What there is in the log that would let a stranger in, or says who was where: rooms by name or address, tokens, keys.
   * Empty when all is well.
   */
  leaks(): readonly string[] {
    const log = JSON.stringify(this.environment.log.lines);
    // A token begins as every JSON web token does; the rest is how rooms are named and addressed.
    const found = log.match(/eyJ[\w-]{8,}|va-[0-9a-f]{6}-[0-9a-f]{4,}|\/signal\b|[?&]t=/g) ?? [];
    return log.includes(this.daily.apiKey) ? [...found, 'the API key'] : found;
  }

  async stop(): Promise<void> {
    await this.hangUp();
    await this.environment.stop();
    await this.daily.close();
  }
}

/** The browser of the tests, with a network of loopback only: WebRTC then must be told that loopback will do. */
export async function testChromium(): Promise<ChromiumPath> {
  const { executablePath, env } = await unpackChromium();
  const { LD_LIBRARY_PATH, FONTCONFIG_PATH } = env;
  return {
    executablePath,
    env: {
      ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
      ...(FONTCONFIG_PATH === undefined ? {} : { FONTCONFIG_PATH }),
    },
    extraArguments: ['--allow-loopback-in-peer-connection'],
  };
}
