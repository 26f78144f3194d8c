import { BotError } from '../../errors';
import { rtviEvent } from '../../rtvi/messages';
import type { Telemetry } from '../../telemetry';
import type { Clock } from '../../time';
import type { CallRooms, DialledCall, Entrance, HeldCall, RoomsHealth } from '../rooms';
import type { CallTransport } from '../transport';
import { loadPageAssets } from './bridge/assets';
import { BridgeServer } from './bridge/server';
import { findChromium, type ChromiumPath } from './browser/chromium';
import { readableEnvironments } from './browser/exposure';
import type { HostPage } from './browser/host-page';
import { BrowserPool, type PoolLimits } from './browser/pool';
import { cpuReader } from './cpu-times';
import { LoadGauge, type LoadLimits } from './load-gauge';
import { DailyRest } from './rest/client';
import { RoomReaper } from './rest/reaper';
import { DailyRooms, type DailyRoom } from './rest/rooms';
import { DailyTransport } from './transport';
import { DAILY_TIMEOUTS, type DailyTimeouts, type Telephone } from './transport-options';

/** Beyond the longest call and the wait for its caller, for goodbyes. */
const ROOM_MARGIN_MS = 60_000;
/** A call that ends waits no longer for its room to go: the reaper takes what is left. */
const DELETE_WITHIN_MS = 3_000;
const RETRY_WHEN_BUSY_SECONDS = 5;
const LOST_MESSAGE = 'The call was lost: its side at the bot broke down. Please call again.';

export interface DailyOptions {
  readonly apiKey: string;
  readonly apiUrl: string;
  /** Where daily-js loads its call machine from instead of Daily's servers. */
  readonly bundleUrl: string | undefined;
  readonly chromium: ChromiumPath | { readonly configuredPath: string | undefined };
  /** Where the build put the page. */
  readonly pageDirectory: string;
  readonly pool: PoolLimits;
  readonly load: LoadLimits;
  readonly maxCallMs: number;
  readonly timeouts?: Partial<DailyTimeouts>;
  /** How long a request to Daily may take with all its attempts. */
  readonly restWithinMs?: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** A room, and what lets the bot in. */
interface MadeRoom {
  readonly room: DailyRoom;
  readonly botToken: string;
}

/** So long somebody who was invited may take to come; who is in stays. */
const INVITATION_LASTS_MS = 10 * 60_000;

/** Calls in Daily rooms: rooms and tokens, the browsers that the bot's side runs in, and how many can be had. */
export class DailyService implements CallRooms {
  readonly #options: DailyOptions;
  readonly #timeouts: DailyTimeouts;
  readonly rooms: DailyRooms;
  readonly bridge: BridgeServer;
  readonly pool: BrowserPool;
  readonly load: LoadGauge;
  readonly reaper: RoomReaper;
  readonly #transports = new Set<DailyTransport>();
  /** Rooms of calls that there are. */
  readonly #owned = new Set<string>();
  #closing: Promise<void> | undefined;

  private constructor(options: DailyOptions, bridge: BridgeServer, chromium: ChromiumPath) {
    const { apiUrl, apiKey, clock, restWithinMs } = options;
    const { logger } = options.telemetry;
    this.#options = options;
    this.#timeouts = { ...DAILY_TIMEOUTS, ...options.timeouts };
    this.bridge = bridge;
    const rest = new DailyRest({ apiUrl, apiKey, clock, withinMs: restWithinMs });
    this.rooms = new DailyRooms({ rest, clock });
    this.pool = new BrowserPool({ chromium, pageUrl: bridge.pageUrl, limits: options.pool, clock, logger });
    this.load = new LoadGauge({
      clock,
      read: cpuReader(),
      worstPingMs: () => Math.max(0, ...[...this.#transports].map(({ pingMs }) => pingMs)),
      limits: options.load,
    });
    this.reaper = new RoomReaper({ rooms: this.rooms, clock, logger, isOwned: (room) => this.#owned.has(room) });
  }

  /**
   * Starts the bridge and, without waiting for it, the first browser.
   * @throws BotError `transport_unavailable` without a Chromium, `config_invalid` without the built page
   */
  static async open(options: DailyOptions): Promise<DailyService> {
    const { chromium } = options;
    const found = 'executablePath' in chromium ? chromium : findChromium(chromium.configuredPath);
    const bridge = await BridgeServer.start(await loadPageAssets(options.pageDirectory), options.bundleUrl);
    const processes = readableEnvironments();
    if (processes.length > 0) {
      options.telemetry.logger.warn({ processes }, 'the environment of this process can be read from a browser');
    }
    const service = new DailyService(options, bridge, found);
    void service.pool.warm();
    service.reaper.start();
    return service;
  }

  get health(): RoomsHealth {
    const { health } = this.pool;
    if (!health.ok) return health;
    const busy = this.load.overload;
    return { ok: true, detail: 'ready', ...(busy === undefined ? {} : { busy }) };
  }

  async check(): Promise<RoomsHealth> {
    const { health } = this;
    if (!health.ok) return health;
    try {
      await this.rooms.check();
      return { ...health, detail: 'ready, and Daily takes the key' };
    } catch (error) {
      return { ok: false, detail: BotError.from(error).message };
    }
  }

  async open(): Promise<{ transport: CallTransport; entrance: Entrance }> {
    const { page, room: made } = await this.#takePageAndRoom(() => this.#makeRoom());
    return { transport: this.#createTransport(page, made), entrance: made.entrance };
  }

  async answer(call: HeldCall): Promise<CallTransport> {
    const { page, room: made } = await this.#takePageAndRoom(() =>
      this.#makePhoneRoom(this.rooms.createForPhone(this.#roomLastsMs)),
    );
    const connect = (): Promise<void> => this.rooms.connectCall(call, made.room.sipEndpoint ?? '');
    return this.#createTransport(page, made, { kind: 'held', call, connect });
  }

  async dial(call: DialledCall): Promise<CallTransport> {
    const { page, room: made } = await this.#takePageAndRoom(() =>
      this.#makePhoneRoom(this.rooms.createToDial(this.#roomLastsMs + call.ringMs)),
    );
    return this.#createTransport(page, made, { kind: 'dialled', call });
  }

  /** A place in a page, and a room that `makeRoom` makes meanwhile. @throws BotError as `open` does */
  async #takePageAndRoom<R extends MadeRoom>(makeRoom: () => Promise<R>): Promise<{ page: HostPage; room: R }> {
    const busy = this.load.overload;
    if (busy !== undefined) {
      this.#options.telemetry.logger.warn({ busyShare: this.load.busyShare }, 'a call is refused: the machine is busy');
      throw new BotError('at_capacity', 'All lines are busy. Please try again in a moment.', {
        retryAfterSeconds: RETRY_WHEN_BUSY_SECONDS,
      });
    }
    this.load.admitted();
    const [page, made] = await Promise.allSettled([this.pool.acquire(), makeRoom()]);
    if (page.status === 'fulfilled' && made.status === 'fulfilled') {
      return { page: page.value, room: made.value };
    }
    if (page.status === 'fulfilled') this.pool.release(page.value);
    if (made.status === 'fulfilled') void this.#giveUpRoom(made.value.room);
    const failed = [page, made].find((result) => result.status === 'rejected');
    throw BotError.from(failed?.reason, 'internal');
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.load.stop();
    await Promise.all([...this.#transports].map((transport) => transport.close('drained')));
    await this.reaper.stop();
    await this.pool.close();
    await this.bridge.close();
  }

  /** A room, and tokens for the two who are expected in it. */
  async #makeRoom(): Promise<MadeRoom & { readonly entrance: Entrance }> {
    const lastsMs = this.#roomLastsMs;
    const room = await this.rooms.create(lastsMs);
    this.#owned.add(room.name);
    return this.#orGiveUp(room, async () => {
      const [botToken, token] = await Promise.all([
        this.rooms.createToken(room.name, 'bot', lastsMs),
        // Good for coming back after a lost connection, too, so for as long as the room.
        this.rooms.createToken(room.name, 'caller', lastsMs),
      ]);
      return { room, botToken, entrance: { url: room.url, token } };
    });
  }

  /** A room that is called, or called from, and the bot's token. */
  async #makePhoneRoom(creating: Promise<DailyRoom>): Promise<MadeRoom> {
    const room = await creating;
    return this.#orGiveUp(room, async () => ({
      room,
      botToken: await this.rooms.createToken(room.name, 'bot', this.#roomLastsMs),
    }));
  }

  get #roomLastsMs(): number {
    const { botJoinMs, callerJoinMs } = this.#timeouts;
    return this.#options.maxCallMs + botJoinMs + callerJoinMs + ROOM_MARGIN_MS;
  }

  async #orGiveUp<T>(room: DailyRoom, furnish: () => Promise<T>): Promise<T> {
    try {
      return await furnish();
    } catch (error) {
      void this.#giveUpRoom(room);
      throw error;
    }
  }

  #createTransport(page: HostPage, made: MadeRoom, phone?: Telephone): DailyTransport {
    const { clock, telemetry, bundleUrl } = this.#options;
    const transport: DailyTransport = new DailyTransport({
      roomUrl: made.room.url,
      botToken: made.botToken,
      bundleUrl,
      page,
      bridge: this.bridge,
      clock,
      telemetry,
      timeouts: this.#timeouts,
      onPageHangs: () => this.pool.discard(page),
      onPageSuspect: () => this.pool.retireWhenIdle(page),
      tellLost: () => this.#tellLost(made.room),
      invite: async () => ({
        url: made.room.url,
        token: await this.rooms.createToken(made.room.name, 'caller', INVITATION_LASTS_MS),
      }),
      phone,
      release: async (keepsRoom) => {
        this.#transports.delete(transport);
        this.pool.release(page);
        if (!keepsRoom) await this.#giveUpRoom(made.room);
      },
    });
    this.#transports.add(transport);
    return transport;
  }

  /** The page can no longer tell the caller what happened; Daily can. */
  async #tellLost({ name }: DailyRoom): Promise<void> {
    try {
      await this.rooms.sendMessage(name, rtviEvent('error', { error: LOST_MESSAGE, fatal: true }), 1_500);
    } catch (error) {
      this.#options.telemetry.logger.warn({ err: error }, 'nobody could be told that the call was lost');
    }
  }

  /** Deletes the room, which ends the meeting for everybody in it. Never rejects. */
  async #giveUpRoom({ name }: DailyRoom): Promise<void> {
    try {
      await this.rooms.delete(name, DELETE_WITHIN_MS);
    } catch (error) {
      this.#options.telemetry.logger.warn({ err: error }, 'a room could not be deleted now');
      this.reaper.takeOver(name);
    } finally {
      this.#owned.delete(name);
    }
  }
}
