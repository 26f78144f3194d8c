import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, invalidRequest, notFound } from './api-error';
import type { DailyFaults } from './faults';
import { RateLimits } from './rate-limits';
import type { Rooms } from './rooms';
import type { Telephone } from './telephone/telephone';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_APP_MESSAGE_BYTES = 4096;

/** A request as the sandbox saw it: no body, no key. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

type Body = Readonly<Record<string, unknown>>;

/** Daily's REST API, version 1: what a bot needs of it. Source: https://docs.daily.co/reference/rest-api */
export class RestApi {
  readonly #rooms: Rooms;
  readonly #keys: ReadonlySet<string>;
  readonly #faults: DailyFaults;
  readonly #telephone: Telephone | undefined;
  readonly #limits = new RateLimits();
  readonly seen: SeenRequest[] = [];

  /** @param options.keys the API keys that are good */
  constructor(options: { rooms: Rooms; keys: readonly string[]; faults: DailyFaults; telephone?: Telephone }) {
    this.#rooms = options.rooms;
    this.#keys = new Set(options.keys);
    this.#faults = options.faults;
    this.#telephone = options.telephone;
  }

  /** Answers a request below /v1. Never rejects. */
  async answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const method = req.method ?? 'GET';
    let status = 200;
    let reply: unknown;
    if (this.#faults.restResets) {
      req.socket.resetAndDestroy();
      return;
    }
    if (this.#faults.restHangs) return;
    try {
      this.#authenticate(req);
      const fault = this.#faults.forRequest(method, path);
      if (fault !== undefined) throw new ApiError(fault.status, fault.error, fault.info);
      this.#limits.take(method === 'DELETE');
      reply = await this.#route(
        method,
        path,
        new URL(req.url ?? '/', 'http://sandbox').searchParams,
        await readBody(req),
      );
    } catch (error) {
      const failure = error instanceof ApiError ? error : new ApiError(500, 'server-error', String(error));
      status = failure.status;
      reply = { error: failure.error, ...(failure.info === undefined ? {} : { info: failure.info }) };
    }
    this.seen.push({ atMs: Date.now(), method, path, status });
    if (this.#faults.losesAnswer()) {
      req.socket.resetAndDestroy();
      return;
    }
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
  }

  #authenticate({ headers }: IncomingMessage): void {
    const [scheme, key, ...more] = (headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || key === undefined || key === '' || more.length > 0) {
      throw new ApiError(400, 'authorization-header-error', 'missing or malformed authorization header');
    }
    if (!this.#keys.has(key)) throw new ApiError(401, 'authentication-error');
  }

  #route(method: string, path: string, query: URLSearchParams, body: Body): unknown {
    const [collection, name, action, ...rest] = path.split('/').slice(1);
    if (rest.length > 0) throw notFound();
    if (collection === 'meeting-tokens' && name === undefined && method === 'POST')
      return this.#rooms.createToken(body);
    if (this.#telephone !== undefined && method === 'POST') {
      if (path === '/domain-dialin-config') return this.#telephone.configure(body);
      if (path === '/dialin/pinlessCallUpdate') return this.#telephone.update(body);
    }
    if (this.#telephone !== undefined && collection === 'domain-dialin-config' && action === undefined) {
      if (method === 'GET' && name === undefined) return this.#telephone.configured;
      if (method === 'PUT' && name !== undefined) return this.#telephone.configure(body, name);
    }
    if (collection !== 'rooms') throw notFound();
    if (name === undefined) {
      if (method === 'POST') return this.#rooms.create(body);
      if (method === 'GET') return this.#list(query);
      throw notFound();
    }
    const room = this.#rooms.get(name);
    switch (`${method} ${action ?? ''}`) {
      case 'GET ':
        return this.#rooms.view(room);
      case 'DELETE ':
        return this.#rooms.delete(name);
      case 'GET presence': {
        const data = this.#rooms.presence(room);
        return { total_count: data.length, data };
      }
      case 'POST eject': {
        const ids = Array.isArray(body['ids']) ? body['ids'].map(String) : [];
        const userIds = Array.isArray(body['user_ids']) ? body['user_ids'].map(String) : [];
        const ejected = room.people.filter(
          ({ sessionId, userId }) => ids.includes(sessionId) || userIds.includes(userId),
        );
        for (const { sessionId } of ejected) room.end(sessionId, 'ejected', 'Ejected from the meeting');
        return { ejectedIds: ejected.map(({ sessionId }) => sessionId) };
      }
      case 'POST send-app-message': {
        const { data, recipient = '*' } = body;
        if (data === undefined) throw invalidRequest("missing required parameter 'data'");
        if (Buffer.byteLength(JSON.stringify(data)) > MAX_APP_MESSAGE_BYTES) throw invalidRequest('data too large');
        room.pass('', String(recipient), { kind: 'app', from: '', data });
        return { sent: true };
      }
      default:
        throw notFound();
    }
  }

  #list(query: URLSearchParams): object {
    const limit = Number(query.get('limit') ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw invalidRequest("invalid value for 'limit'");
    const newestFirst = [...this.#rooms.all].reverse();
    const after = query.get('starting_after');
    const from = after === null ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
    const data = newestFirst.slice(from, from + limit).map((room) => this.#rooms.view(room));
    return { total_count: newestFirst.length, data };
  }
}

async function readBody(req: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) throw invalidRequest('body too large');
    chunks.push(part);
  }
  if (bytes === 0) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Body;
  } catch {
    // answered below
  }
  throw new ApiError(400, 'json-parsing-error', 'the body is not a JSON object');
}
