import type { DailyOverrides } from '../../../bot/engine';
import type { DailyHouse } from '../../../bot/transport/daily/daily-service';
import { startDailySandbox, type DailySandbox } from '../../../testbed/fakes/daily/server';
import type { SonicSandboxOptions } from '../../../testbed/fakes/bedrock/server';
import type { TestBrowser } from './browser';
import { BrowserCaller, type CallerOptions } from './browser-caller';
import { unpackChromium } from './chromium';
import { World } from './environment';

/** A bot as it is deployed, whose calls go through Daily's rooms; Daily and the model are sandboxes on loopback. */
export class DailyWorld {
  readonly world: World;
  readonly daily: DailySandbox;
  readonly house: DailyHouse;
  readonly #callers: BrowserCaller[] = [];

  private constructor(world: World, daily: DailySandbox, house: DailyHouse) {
    this.world = world;
    this.daily = daily;
    this.house = house;
  }

  static async start(
    options: { env?: NodeJS.ProcessEnv; sandbox?: SonicSandboxOptions; daily?: DailyOverrides } = {},
  ): Promise<DailyWorld> {
    const { ensureDailyPageBuilt } = await import('../../../scripts/build-daily-page.mjs');
    const [daily, chromium] = await Promise.all([startDailySandbox(), testChromium(), ensureDailyPageBuilt()]);
    let opened: DailyHouse | undefined;
    const world = await World.start({
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
      daily: { chromium, load: { pingMs: 60_000 }, ...options.daily, onOpen: (house) => (opened = house) },
    });
    if (opened === undefined) throw new Error('Daily calls cannot be had');
    return new DailyWorld(world, daily, opened);
  }

  /** A tab with the unmodified Pipecat client and Daily transport; closed by `hangUp`. */
  async open(browser: TestBrowser, options: Partial<CallerOptions> = {}): Promise<BrowserCaller> {
    const { bundleUrl } = this.daily;
    const caller = await BrowserCaller.open(browser, {
      baseUrl: this.world.baseUrl,
      dailyBundleUrl: bundleUrl,
      ...options,
    });
    this.#callers.push(caller);
    return caller;
  }

  /** Somebody else in a room that there is, with a token of their own. */
  async joinRoom(browser: TestBrowser, name: string): Promise<BrowserCaller> {
    const token = await this.house.rooms.createToken(name, 'caller', 600_000);
    const guest = await this.open(browser);
    const { origin } = new URL(this.daily.apiUrl);
    await guest.join({ url: `${origin}/${name}`, token });
    return guest;
  }

  /** Closes all callers' tabs and waits until their calls are over. */
  async hangUp(): Promise<void> {
    const active = this.world.bot.calls.list().map(({ id }) => id);
    for (const caller of this.#callers.splice(0)) await caller.close();
    await Promise.all(active.map((callId) => this.world.log.waitFor('call ended', { callId }, 30_000)));
  }

  /**
   * What there is in the log that would let a stranger in, or says who was where: rooms by name or address, tokens, keys.
   * Empty when all is well.
   */
  leaks(): readonly string[] {
    const log = JSON.stringify(this.world.log.lines);
    // A token begins as every JSON web token does; the rest is how rooms are named and addressed.
    const found = log.match(/eyJ[\w-]{8,}|va-[0-9a-f]{6}-[0-9a-f]{4,}|\/signal\b|[?&]t=/g) ?? [];
    return log.includes(this.daily.apiKey) ? [...found, 'the API key'] : found;
  }

  async stop(): Promise<void> {
    await this.hangUp();
    await this.world.stop();
    await this.daily.close();
  }
}

/** The browser of the tests, with a network of loopback only: WebRTC then must be told that loopback will do. */
export async function testChromium(): Promise<NonNullable<DailyOverrides['chromium']>> {
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
