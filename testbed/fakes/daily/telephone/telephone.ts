import { createHmac, randomBytes } from 'node:crypto';
import { ApiError, invalidRequest } from '../api-error';
import type { Room } from '../room';
import type { Rooms } from '../rooms';
import type { Person } from '../signals';
import { PhoneCall } from './phone-call';

type Body = Readonly<Record<string, unknown>>;

/** How a webhook is signed: as Daily does, or as it must not be believed. */
export type Signing = 'good' | 'in-ms' | 'missing' | 'wrong' | 'old' | 'hex';

interface RingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly signing?: Signing;
}

interface DialInConfig {
  readonly url: string;
  readonly key: Buffer;
}

/** Daily tells that a room can be called a moment after somebody is in it. */
const READY_AFTER_MS = 50;
const ANSWER_WITHIN_MS = 15_000;

/**
 * Numbers of a domain, the calls to them and from them, and the rooms of these. Sources: docs.daily.co (pinless dial-in,
 * pinlessCallUpdate, startDialOut, sipCallTransfer), and DailyEventObjectDial* in @daily-co/daily-js/index.d.ts.
 */
export class Telephone {
  readonly #rooms: Rooms;
  #config: DialInConfig | undefined;
  readonly #configs = new Map<string, { readonly id: string; readonly type: string; readonly config: Body }>();
  readonly #calls = new Map<string, PhoneCall>();
  readonly #ready = new Set<string>();
  /** Whom a call may be transferred to; others refuse. */
  readonly destinations = new Set<string>();
  /** Numbers of the domain that calls may show, by Daily's ids of them. */
  readonly callerIds = new Map<string, string>();
  /** What becomes of a number that is rung; of others nothing is known. */
  readonly callees = new Map<string, 'rings' | 'busy'>();
  /** Calls out of rooms. */
  readonly dialled: PhoneCall[] = [];
  /** How long callers listen to music. */
  holdLimitMs = 60_000;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** GET /domain-dialin-config. */
  get configured(): object {
    return { total_count: this.#configs.size, data: [...this.#configs.values()] };
  }

  /** PUT /domain-dialin-config/:id, and POST for a new one. @throws ApiError */
  async configure(body: Body, id = `dial-in-${this.#configs.size + 1}`): Promise<object> {
    const { type, room_creation_api: url, hmac = randomBytes(32).toString('base64'), name_prefix: prefix } = body;
    if (type !== 'pinless_dialin') throw invalidRequest("invalid value for 'type'");
    const number = body['phone_number'];
    const isTaken = [...this.#configs].some(([other, { config }]) => other !== id && config['phone_number'] === number);
    if (number !== undefined && isTaken) throw invalidRequest('phone_number is configured already');
    if (typeof url !== 'string' || !URL.canParse(url)) throw invalidRequest("invalid value for 'room_creation_api'");
    if (typeof hmac !== 'string' || hmac === '') throw invalidRequest("invalid value for 'hmac'");
    if (typeof prefix !== 'string') throw invalidRequest("missing required parameter 'name_prefix'");
    const headers = { 'Content-Type': 'application/json' };
    const trial = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ Test: 'test' }) }).catch(
      () => null,
    );
    if (trial?.status !== 200) throw invalidRequest('room_creation_api does not answer with 200');
    this.#config = { url, key: Buffer.from(hmac, 'base64') };
    const { type: _, ...config } = body;
    const made = { id, type, config: { ...config, hmac } };
    this.#configs.set(id, made);
    return made;
  }

  /** Somebody dials a number of the domain. @returns the call, and what the bot answered */
  async ring({ from = '+14155550142', to = '+14155550100', signing = 'good' }: RingOptions = {}): Promise<{
    readonly call: PhoneCall;
    readonly status: number;
  }> {
    const call = this.hold(new PhoneCall({ from, to, holdLimitMs: this.holdLimitMs }));
    const { callId, callDomain } = call;
    const body = JSON.stringify({ To: to, From: from, callId, callDomain });
    return { call, status: await this.send(body, this.sign(body, signing)) };
  }

  /** A call that nobody is told of yet. */
  hold(call: PhoneCall): PhoneCall {
    this.#calls.set(call.callId, call);
    return call;
  }

  /** Headers that prove a body to be Daily's, or do not. */
  sign(body: string, signing: Signing = 'good'): Record<string, string> {
    if (signing === 'missing') return {};
    const nowMs = Date.now() - (signing === 'old' ? 6 * 60_000 : 0);
    const timestamp = String(signing === 'in-ms' ? nowMs : Math.floor(nowMs / 1000));
    const key = signing === 'wrong' ? randomBytes(32) : this.#required.key;
    const signature = createHmac('sha256', key)
      .update(`${timestamp}.${body}`)
      .digest(signing === 'hex' ? 'hex' : 'base64');
    return { 'X-Pinless-Signature': signature, 'X-Pinless-Timestamp': timestamp };
  }

  /** Sends a webhook as it is. @returns the status of the answer */
  async send(body: string, headers: Record<string, string>): Promise<number> {
    const response = await fetch(this.#required.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** POST /dialin/pinlessCallUpdate. @throws ApiError */
  update(body: Body): object {
    const { callId, callDomain, sipUri, ...rest } = body;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw invalidRequest(`unknown parameter '${unknown}'`);
    const call = this.#calls.get(String(callId));
    if (call === undefined || callDomain !== call.callDomain || !call.isHeld) {
      throw new ApiError(404, 'not-found', 'no such call');
    }
    const room = this.#rooms.all.find((one) => `sip:${one.sipEndpoint ?? ''}` === sipUri);
    if (room === undefined) throw invalidRequest("invalid value for 'sipUri'");
    if (!this.#ready.has(room.name)) throw invalidRequest('the room is not ready for calls');
    this.#ready.delete(room.name);
    this.#putThrough(call, room);
    return { success: true };
  }

  /** Somebody came into a room. */
  joined(room: Room, person: Person): void {
    const call = this.#callOf(room, person.userId);
    if (call !== undefined) {
      call.joined(person.sessionId);
      if (call.direction === 'in') this.#tell(room, 'dialin-connected', this.#fieldsOf(call));
      return;
    }
    if (room.sipEndpoint === undefined || this.#ready.has(room.name)) return;
    setTimeout(() => {
      this.#ready.add(room.name);
      this.#tell(room, 'dialin-ready', { sipEndpoint: room.sipEndpoint, provider: 'signalwire' });
    }, READY_AFTER_MS).unref();
  }

  /** Somebody left, or was put out. */
  left(room: Room, person: Person): void {
    const call = this.#callOf(room, person.userId);
    if (call === undefined) return;
    call.end('put-out');
    this.#tell(room, call.direction === 'in' ? 'dialin-stopped' : 'dialout-stopped', this.#fieldsOf(call));
  }

  /** A call that was put through does not come about. */
  fail(call: PhoneCall): void {
    const fields = { ...this.#fieldsOf(call), errorMsg: 'the call failed', type: 'start-failed' };
    call.end('failed');
    if (call.room !== undefined) this.#tell(call.room, 'dialin-error', fields);
  }

  /** sipCallTransfer. @returns why not */
  transfer(room: Room, by: Person, sessionId: string, toEndPoint: string): string | undefined {
    const call = [...this.#calls.values()].find((one) => one.sessionId !== '' && one.sessionId === sessionId);
    if (!by.owner) return 'only an owner may transfer';
    if (call?.room !== room) return 'no such SIP or PSTN participant';
    if (!this.destinations.has(toEndPoint)) return 'the destination refused';
    call.transferredTo = toEndPoint;
    call.end('transferred');
    room.leave(sessionId);
    return undefined;
  }

  /** startDialOut: rings a number from a room. @returns the fields of the answer */
  dial(room: Room, by: Person, options: Readonly<Record<string, unknown>>): object {
    const { phoneNumber: to, callerId } = options;
    if (!by.owner) return { error: 'only an owner may dial' };
    if (room.config['enable_dialout'] !== true) return { error: 'dial-out is not enabled for the room' };
    const from = this.callerIds.get(String(callerId));
    if (from === undefined) return { error: 'callerId is no number of the domain' };
    const callee = this.callees.get(String(to));
    if (typeof to !== 'string' || callee === undefined) return { error: 'the number cannot be called' };
    const call = this.hold(new PhoneCall({ from, to, holdLimitMs: this.holdLimitMs, direction: 'out' }));
    this.dialled.push(call);
    if (callee === 'rings') {
      this.#putThrough(call, room);
      this.#tell(room, 'dialout-connected', this.#fieldsOf(call));
    } else {
      call.end('failed');
      this.#tell(room, 'dialout-error', { ...this.#fieldsOf(call), errorMsg: 'busy' });
    }
    return { session: { sessionId: call.callId } };
  }

  /** Somebody takes up a telephone that is rung. */
  answer(call: PhoneCall): void {
    if (call.room !== undefined) this.#tell(call.room, 'dialout-answered', this.#fieldsOf(call));
  }

  close(): void {
    for (const call of this.#calls.values()) call.end('put-out');
  }

  get #required(): DialInConfig {
    if (this.#config === undefined) throw new Error('no dial-in is configured');
    return this.#config;
  }

  #putThrough(call: PhoneCall, room: Room): void {
    const token = { room_name: room.name, user_id: call.userId, user_name: 'Caller' };
    call.putThrough(room, { url: this.#rooms.view(room).url, ...this.#rooms.createToken({ properties: token }) });
  }

  #callOf(room: Room, userId: string): PhoneCall | undefined {
    return [...this.#calls.values()].find((call) => call.room === room && call.userId === userId);
  }

  #fieldsOf(call: PhoneCall): object {
    return {
      sessionId: call.sessionId,
      userId: call.userId,
      sipFrom: call.from,
      provider: 'signalwire',
      sipCallId: call.callId,
    };
  }

  #tell(room: Room, event: string, fields: object): void {
    room.pass('', '*', { kind: 'phone', event, fields });
  }
}
