import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { ToolHost } from '../../../contract/tool-network';
import type { Clock, Timer } from '../../time';
import { AllowedAddresses } from './addresses';
import { responseOf } from './response';

/** A connection that takes longer is not waited for: what is asked over it has to be answered in seconds. */
const CONNECT_WITHIN_MS = 2_000;
/** Idle connections are kept for less than servers keep them (Node's: 5 s), so that none is used as it closes. */
const IDLE_AT_MOST_MS = 4_000;

/** An address that tools may not connect to. */
export class RefusedAddress extends Error {
  constructor(host: string) {
    super(`${host} has no address that tools may connect to`);
    this.name = 'RefusedAddress';
  }
}

export interface ToolNetworkOptions {
  readonly clock: Clock;
  /** Private networks that may be reached, as CIDRs. */
  readonly privateNetworks?: readonly string[];
  /** Local servers in place of declared hosts. */
  readonly hosts?: readonly ToolHost[];
  /** The system's resolver, unless told otherwise. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** What is allowed instead of the internet. */
  readonly addresses?: Pick<AllowedAddresses, 'allows'>;
  /** Certificates to trust beside the well-known. */
  readonly ca?: string;
}

/**
 * How every tool reaches the internet: HTTPS to public addresses, which are checked when a connection is made, so that no
 * name can be moved to a private one in between. It follows no redirect and heeds no proxy variable.
 */
export class ToolNetwork {
  readonly #clock: Clock;
  readonly #hosts: ReadonlyMap<string, string>;
  readonly #addresses: Pick<AllowedAddresses, 'allows'>;
  readonly #resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly #secure: HttpsAgent;
  readonly #local: HttpAgent;

  constructor({ clock, hosts = [], privateNetworks, resolve = resolveBySystem, addresses, ca }: ToolNetworkOptions) {
    this.#clock = clock;
    this.#hosts = new Map(hosts.map(({ host, origin }) => [host, origin]));
    this.#resolve = resolve;
    this.#addresses = addresses ?? new AllowedAddresses(privateNetworks);
    const kept = { keepAlive: true, timeout: IDLE_AT_MOST_MS };
    this.#secure = new HttpsAgent(ca === undefined ? kept : { ...kept, ca });
    this.#local = new HttpAgent(kept);
  }

  /**
   * As the global `fetch`, for a body that is text.
   * @throws RefusedAddress, or what Node says of the connection
   */
  readonly fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input);
    const local = this.#hosts.get(url.host) ?? this.#hosts.get(url.hostname);
    const target = local === undefined ? url : new URL(local);
    if (local === undefined) this.#check(url);
    const headers = Object.fromEntries(new Headers(init.headers));
    const options: RequestOptions = {
      method: init.method ?? 'GET',
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port === '' ? undefined : target.port,
      path: `${url.pathname}${url.search}`,
      headers: { 'accept-encoding': 'gzip, deflate, br', ...headers, host: url.host },
      signal: init.signal ?? undefined,
      ...(local === undefined ? { agent: this.#secure, lookup: this.#lookup } : { agent: this.#local }),
    };
    return responseOf(await this.#send(target.protocol === 'http:' ? httpRequest : httpsRequest, options, init.body));
  };

  /** Idempotent. */
  close(): void {
    this.#secure.destroy();
    this.#local.destroy();
  }

  #check({ protocol, hostname, username, password }: URL): void {
    const literal = hostname.replace(/^\[|\]$/g, '');
    const isRefused = protocol !== 'https:' || username !== '' || password !== '';
    if (isRefused || (isIP(literal) !== 0 && !this.#addresses.allows(literal))) throw new RefusedAddress(hostname);
  }

  readonly #lookup: LookupFunction = (host, options, callback) => {
    this.#resolve(host).then(
      (found) => {
        const allowed = found.filter(({ address }) => this.#addresses.allows(address));
        const [first] = allowed;
        if (first === undefined) callback(new RefusedAddress(host), '', 0);
        else if (options.all === true) callback(null, [...allowed]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };

  #send(request: typeof httpsRequest, options: RequestOptions, body: RequestInit['body']): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(options, resolve);
      let timer: Timer | undefined;
      sent.once('socket', (socket) => {
        if (!socket.connecting) return;
        timer = this.#clock.after(CONNECT_WITHIN_MS, () => sent.destroy(connectTimedOut()));
        socket.once('connect', () => timer?.cancel());
      });
      sent.once('error', reject);
      sent.once('close', () => timer?.cancel());
      sent.end(typeof body === 'string' ? body : body instanceof URLSearchParams ? body.toString() : undefined);
    });
  }
}

function connectTimedOut(): NodeJS.ErrnoException {
  return Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT', syscall: 'connect' });
}

function resolveBySystem(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookUp(host, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
}
