import { randomBytes } from 'node:crypto';
import { invalidRequest, notFound } from './api-error';
import { Room, type RoomConfig } from './room';
import { checkRoomProperties, checkTokenProperties } from './room-properties';
import { signToken, type TokenProperties } from './tokens';

type Body = Readonly<Record<string, unknown>>;

/** What the API says of a room. */
export interface RoomView {
  readonly id: string;
  readonly name: string;
  readonly api_created: true;
  readonly privacy: string;
  readonly url: string;
  readonly created_at: string;
  readonly config: RoomConfig;
}

/** A domain's rooms and tokens. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #key: string;
  readonly #origin: () => string;
  /** Of all rooms that are made. */
  watcher: Room['watcher'];

  constructor(options: { key: string; origin: () => string }) {
    this.#key = options.key;
    this.#origin = options.origin;
  }

  get all(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  find(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** @throws ApiError */
  get(name: string): Room {
    const room = this.#rooms.get(name);
    if (room === undefined) throw notFound();
    return room;
  }

  /** @throws ApiError */
  create(body: Body): RoomView {
    const { name = randomBytes(10).toString('hex'), privacy = 'public', properties = {} } = body;
    // 41 characters with the domain: the shorter of the two limits that the documentation names.
    if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,30}$/.test(name)) throw invalidRequest('invalid room name');
    if (this.#rooms.has(name)) throw invalidRequest(`a room named ${name} already exists`);
    if (privacy !== 'public' && privacy !== 'private') throw invalidRequest('invalid privacy');
    if (typeof properties !== 'object' || properties === null) throw invalidRequest('properties must be an object');
    checkRoomProperties(properties as Body);
    const config = properties as RoomConfig;
    const room = new Room({ name, privacy, config, onExpired: () => this.#rooms.delete(name) });
    room.watcher = this.watcher;
    this.#rooms.set(name, room);
    return this.view(room);
  }

  /** @throws ApiError */
  delete(name: string): { deleted: true; name: string } {
    const room = this.get(name);
    this.#rooms.delete(name);
    room.close();
    return { deleted: true, name };
  }

  /** @throws ApiError */
  createToken(body: Body): { token: string } {
    const { properties = {} } = body;
    if (typeof properties !== 'object' || properties === null) throw invalidRequest('properties must be an object');
    checkTokenProperties(properties as Body);
    return { token: signToken(properties as TokenProperties, this.#key) };
  }

  view(room: Room): RoomView {
    return {
      id: room.id,
      name: room.name,
      api_created: true,
      privacy: room.privacy,
      url: `${this.#origin()}/${room.name}`,
      created_at: room.createdAt.toISOString(),
      config:
        room.sipEndpoint === undefined ? room.config : { ...room.config, sip_uri: { endpoint: room.sipEndpoint } },
    };
  }

  presence(room: Room): object[] {
    return room.people.map((person) => ({
      id: person.sessionId,
      room: room.name,
      userId: person.userId,
      userName: person.userName,
      joinTime: new Date(person.joinedAtMs).toISOString(),
      duration: Math.round((Date.now() - person.joinedAtMs) / 1000),
    }));
  }

  close(): void {
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }
}
