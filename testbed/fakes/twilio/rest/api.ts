import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Leg } from '../call/leg';
import type { Network } from '../network';
import type { OwnNumber, RestFault, SeenRequest } from '../types';
import { callView, createCall, updateCall } from './calls';
import * as conferences from './conferences';
import { listNumbers, numberView, updateNumber } from './numbers';
import { invalid, notAuthenticated, notFound, RestError } from './rest-error';

export interface RestApiOptions {
  readonly network: Network;
  readonly calls: readonly Leg[];
  readonly numbers: readonly OwnNumber[];
  /** User and password that are good: API keys, and the account with its auth tokens. */
  readonly credentials: () => readonly (readonly [user: string, password: string])[];
}

interface Answer {
  readonly status: number;
  readonly body: object | undefined;
}

const MAX_BODY_BYTES = 64 * 1024;

/** Twilio's REST API, version 2010-04-01: what a bot and its operator need of it. */
export class RestApi {
  readonly #options: RestApiOptions;
  readonly seen: SeenRequest[] = [];
  readonly #faults: { readonly fault: RestFault; left: number }[] = [];

  constructor(options: RestApiOptions) {
    this.#options = options;
  }

  fail(fault: RestFault): void {
    this.#faults.push({ fault, left: fault.count ?? Number.POSITIVE_INFINITY });
  }

  /** Answers a request. Never rejects. */
  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = 'GET' } = req;
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://sandbox');
    const resource = pathname.replace(`/2010-04-01/Accounts/${this.#options.network.accountSid}`, '');
    const fault = this.#faultFor(`${method} ${resource}`);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.resets === true) {
      req.socket.resetAndDestroy();
      return;
    }
    const { status, body, code } = await this.#obey(req, method, pathname, searchParams, fault);
    this.seen.push({ atMs: this.#options.network.clock.nowMs(), method, path: resource, status, code });
    if (fault?.losesAnswer === true) {
      req.socket.resetAndDestroy();
      return;
    }
    res
      .writeHead(status, { 'Content-Type': 'application/json' })
      .end(body === undefined ? undefined : JSON.stringify(body));
  }

  async #obey(
    req: IncomingMessage,
    method: string,
    path: string,
    query: URLSearchParams,
    fault: RestFault | undefined,
  ): Promise<Answer & { readonly code: number }> {
    try {
      this.#authenticate(req);
      if (fault !== undefined && fault.losesAnswer !== true && fault.status >= 400) {
        throw new RestError(fault.status, fault.code ?? 20500, 'An internal server error has occurred');
      }
      const values = method === 'POST' ? await readForm(req) : query;
      return { ...this.#route(method, path, values), code: 0 };
    } catch (error) {
      const failure = error instanceof RestError ? error : new RestError(500, 20500, String(error));
      return { status: failure.status, body: failure.body, code: failure.code };
    }
  }

  #authenticate({ headers }: IncomingMessage): void {
    const [scheme, encoded = '', ...more] = (headers.authorization ?? '').split(' ');
    const [user, ...password] = Buffer.from(encoded, 'base64').toString().split(':');
    const isGood = this.#options
      .credentials()
      .some(([known, secret]) => user === known && password.join(':') === secret);
    if (scheme !== 'Basic' || more.length > 0 || !isGood) throw notAuthenticated();
  }

  #route(method: string, path: string, values: URLSearchParams): Answer {
    const { network } = this.#options;
    const [, accountSid, rest = ''] = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})(.*)\.json$/.exec(path) ?? [];
    if (accountSid !== network.accountSid) throw notFound(path);
    const [collection, ...ids] = rest.split('/').slice(1);
    const request = `${method} ${collection ?? 'Account'} ${ids.length}`;
    switch (request) {
      case 'GET Account 0':
        return ok({ sid: accountSid, status: 'active', type: 'Full', friendly_name: 'Stand-in' });
      case 'POST Calls 0':
        return created(createCall(values, network, this.#own));
      case 'GET Calls 1':
        return ok(callView(this.#call(ids[0], path), accountSid));
      case 'POST Calls 1':
        return ok(updateCall(this.#call(ids[0], path), values, network, path));
      case 'GET IncomingPhoneNumbers 0':
        return ok(listNumbers(values, this.#options.numbers, accountSid));
      case 'GET IncomingPhoneNumbers 1':
        return ok(numberView(this.#number(ids[0], path), accountSid));
      case 'POST IncomingPhoneNumbers 1':
        return ok(updateNumber(this.#number(ids[0], path), values, accountSid));
      default:
        if (collection === 'Conferences') return this.#conferences(method, ids, values, path);
        throw notFound(path);
    }
  }

  #conferences(
    method: string,
    [id, participants, member]: readonly string[],
    values: URLSearchParams,
    path: string,
  ): Answer {
    const { network } = this.#options;
    if (participants !== undefined && participants !== 'Participants') throw notFound(path);
    if (method === 'GET' && id === undefined) return ok(conferences.listConferences(values, network));
    if (id === undefined) throw notFound(path);
    if (method === 'POST' && participants !== undefined && member === undefined) {
      return created(conferences.inviteParticipant(id, values, network, this.#own));
    }
    const conference = network.conferences.find(id);
    if (conference === undefined) throw notFound(path);
    if (participants === undefined) {
      if (method === 'GET') return ok(conferences.conferenceView(conference, network.accountSid));
      if (method === 'POST') return ok(conferences.updateConference(conference, values, network));
      throw notFound(path);
    }
    if (member === undefined) return ok(conferences.listParticipants(conference, network));
    const who = conferences.memberOf(conference, member, path);
    if (method === 'DELETE') {
      conference.leave(who.callSid);
      who.onOut();
      return { status: 204, body: undefined };
    }
    if (method === 'POST') return ok(conferences.updateParticipant(conference, who, values, network));
    return ok(conferences.participantView(conference, who, network.accountSid));
  }

  get #own(): readonly string[] {
    return this.#options.numbers.map(({ phoneNumber }) => phoneNumber);
  }

  #call(sid: string | undefined, path: string): Leg {
    const call = this.#options.calls.find((one) => one.sid === sid);
    if (call === undefined) throw notFound(path);
    return call;
  }

  #number(sid: string | undefined, path: string): OwnNumber {
    const number = this.#options.numbers.find((one) => one.sid === sid);
    if (number === undefined) throw notFound(path);
    return number;
  }

  /** The fault that hits this request, counted. */
  #faultFor(request: string): RestFault | undefined {
    const hit = this.#faults.find(({ fault, left }) => left > 0 && (fault.match?.test(request) ?? true));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault;
  }
}

const ok = (body: object): Answer => ({ status: 200, body });
const created = (body: object): Answer => ({ status: 201, body });

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  if (!(req.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    throw new RestError(415, 20415, 'The body is no form');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw invalid(20001, 'the body is too large');
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
