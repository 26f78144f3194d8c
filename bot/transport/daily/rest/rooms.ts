import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BotError } from '../../../errors';
import type { Clock } from '../../../time';
import type { HeldCall } from '../../rooms';
import { BOT_USER_PREFIX } from '../bridge/control';
import type { DailyRest } from './client';

/** What all rooms of this program are called by. */
const PREFIX = 'va';
/**
 * What rooms of telephone calls begin with instead. No reaper takes them: a caller who was transferred out of one may need
 * it, with nobody in it, for as long as Daily carries the call. They end at their `exp`.
 */
const PHONE_PREFIX = 'vp';
const INSTANCE_BYTES = 3;
const ROOM_BYTES = 8;
/** A name with its domain has 41 characters at most, as one page of Daily's says; another says 128. */
const NAME_PATTERN = /^va-([0-9a-f]{6})-[0-9a-f]{16}$/;

export interface DailyRoom {
  readonly name: string;
  readonly url: string;
  /** Where a room for a telephone call is called, without `sip:`. */
  readonly sipEndpoint?: string | undefined;
}

/** A room as a list of rooms has it. Times are ms since 1970. */
export interface ListedRoom {
  readonly name: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
}

export type Guest = 'bot' | 'caller';

const roomSchema = z.object({ name: z.string(), url: z.url() });
const phoneRoomSchema = roomSchema.extend({
  config: z.object({ sip_uri: z.object({ endpoint: z.string().regex(/^[^\s@]+@[^\s@]+$/) }) }),
});
const tokenSchema = z.object({ token: z.string().min(1) });
const presenceSchema = z.object({ total_count: z.number() });
const listSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      created_at: z.string(),
      config: z.object({ exp: z.number().optional() }).optional(),
    }),
  ),
});
const anything = z.unknown();

/** Rooms and tokens of one bot process. */
export class DailyRooms {
  /** Marks the rooms of this process among those of others with the same key. */
  readonly instance = randomBytes(INSTANCE_BYTES).toString('hex');
  readonly #rest: DailyRest;
  readonly #clock: Clock;

  constructor(options: { rest: DailyRest; clock: Clock }) {
    this.#rest = options.rest;
    this.#clock = options.clock;
  }

  /** Whose room this is by its name: undefined for a room of somebody else's. */
  static instanceOf(name: string): string | undefined {
    return NAME_PATTERN.exec(name)?.[1];
  }

  /** A private room that ends by itself, whatever becomes of this process. @throws BotError `daily_*` */
  create(lastsMs: number): Promise<DailyRoom> {
    const body = (): object => this.#room(PREFIX, lastsMs);
    return this.#rest.request({ method: 'POST', path: '/rooms', body }, roomSchema);
  }

  /** The same, for one telephone call. @throws BotError `daily_*` */
  async createForPhone(lastsMs: number): Promise<DailyRoom> {
    const sip = { display_name: 'Caller', sip_mode: 'dial-in', num_endpoints: 1, video: false };
    const body = (): object => this.#room(PHONE_PREFIX, lastsMs, { sip });
    const { name, url, config } = await this.#rest.request({ method: 'POST', path: '/rooms', body }, phoneRoomSchema);
    return { name, url, sipEndpoint: config.sip_uri.endpoint };
  }

  /** The same, to ring a telephone from, which takes Daily's approval of the domain. @throws BotError `daily_*` */
  createToDial(lastsMs: number): Promise<DailyRoom> {
    const body = (): object => this.#room(PHONE_PREFIX, lastsMs, { enable_dialout: true });
    return this.#rest.request({ method: 'POST', path: '/rooms', body }, roomSchema);
  }

  /** Puts a call that Daily holds through to a room, which must have said that it can be called. @throws BotError `daily_*` */
  async connectCall({ callId, callDomain }: Omit<HeldCall, 'rangAtMs'>, sipEndpoint: string): Promise<void> {
    const body = (): object => ({ callId, callDomain, sipUri: `sip:${sipEndpoint}` });
    await this.#rest.request({ method: 'POST', path: '/dialin/pinlessCallUpdate', body }, anything);
  }

  /** Named anew for each attempt: one that was obeyed and not answered has made a room, which goes at its `exp` at the latest. */
  #room(prefix: string, lastsMs: number, more: object = {}): object {
    return {
      name: `${prefix}-${this.instance}-${randomBytes(ROOM_BYTES).toString('hex')}`,
      privacy: 'private',
      properties: {
        exp: this.#inUnixSeconds(lastsMs),
        eject_at_room_exp: true,
        enable_prejoin_ui: false,
        enable_chat: false,
        enable_screenshare: false,
        start_video_off: true,
        start_audio_off: false,
        ...more,
      },
    };
  }

  /** A token for one guest of one room. @throws BotError `daily_*` */
  async createToken(room: string, guest: Guest, lastsMs: number): Promise<string> {
    const id = randomBytes(6).toString('hex');
    const properties = {
      room_name: room,
      exp: this.#inUnixSeconds(lastsMs),
      is_owner: guest === 'bot',
      user_id: guest === 'bot' ? `${BOT_USER_PREFIX}${id}` : `caller-${id}`,
      ...(guest === 'bot' ? { user_name: 'Voice agent' } : {}),
      enable_screenshare: false,
      start_video_off: true,
      start_audio_off: false,
    };
    const body = (): object => ({ properties });
    const { token } = await this.#rest.request({ method: 'POST', path: '/meeting-tokens', body }, tokenSchema);
    return token;
  }

  /** Ends the meeting and takes the room away; one that is not there any more is just as well. @throws BotError `daily_*` */
  async delete(room: string, withinMs?: number): Promise<void> {
    try {
      await this.#rest.request({ method: 'DELETE', path: `/rooms/${room}`, withinMs }, anything);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== 'daily_not_found') throw error;
    }
  }

  /** Tells all in a room something when no page can. @throws BotError `daily_*` */
  async sendMessage(room: string, data: unknown, withinMs?: number): Promise<void> {
    const body = (): object => ({ data, recipient: '*' });
    const path = `/rooms/${room}/send-app-message`;
    await this.#rest.request({ method: 'POST', path, body, withinMs }, anything);
  }

  /** Puts people out of a room, by their session ids. @throws BotError `daily_*` */
  async eject(room: string, ids: readonly string[]): Promise<void> {
    await this.#rest.request({ method: 'POST', path: `/rooms/${room}/eject`, body: () => ({ ids }) }, anything);
  }

  /** How many are in a room, bots included; up to 15 s old. @throws BotError `daily_*` */
  async countPresent(room: string): Promise<number> {
    const path = `/rooms/${room}/presence`;
    return (await this.#rest.request({ method: 'GET', path }, presenceSchema)).total_count;
  }

  /** All rooms of the account that bear our prefix, newest first. @throws BotError `daily_*` */
  async list(): Promise<readonly ListedRoom[]> {
    const found: ListedRoom[] = [];
    let after = '';
    for (;;) {
      const { data } = await this.#rest.request({ method: 'GET', path: `/rooms?limit=100${after}` }, listSchema);
      for (const { name, created_at, config } of data) {
        if (DailyRooms.instanceOf(name) === undefined) continue;
        const exp = config?.exp;
        found.push({
          name,
          createdAtMs: Date.parse(created_at),
          expiresAtMs: exp === undefined ? undefined : exp * 1000,
        });
      }
      const last = data.at(-1);
      if (last === undefined || data.length < 100) return found;
      after = `&starting_after=${encodeURIComponent(last.id)}`;
    }
  }

  /** Whether Daily answers and takes the key. @throws BotError `daily_*` */
  async check(): Promise<void> {
    await this.#rest.request({ method: 'GET', path: '/rooms?limit=1', withinMs: 4_000 }, listSchema);
  }

  /** Daily takes whole seconds. */
  #inUnixSeconds(ms: number): number {
    return Math.ceil((this.#clock.epochMs() + ms) / 1000);
  }
}
