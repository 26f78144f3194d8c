import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DailyFaults, type RestFault } from './faults';
import { RestApi } from './rest-api';
import { Rooms } from './rooms';

/** Daily's REST API alone, without rooms that anybody can enter: for whoever only checks keys. */
export class DailyRest {
  readonly #faults = new DailyFaults();
  readonly #api: RestApi;
  readonly #server = createServer((req, res) => {
    void this.#api.answer(req, res, new URL(req.url ?? '/', 'http://sandbox').pathname.replace(/^\/v1/, ''));
  });

  private constructor(keys: readonly string[]) {
    const rooms = new Rooms({ key: keys[0] ?? '', origin: () => new URL(this.url).origin });
    this.#api = new RestApi({ rooms, keys, faults: this.#faults });
  }

  /** @param options.apiKeys those that are good */
  static async start(options: { readonly apiKeys: readonly string[] }): Promise<DailyRest> {
    const rest = new DailyRest(options.apiKeys);
    await new Promise<void>((resolve) => rest.#server.listen(0, '127.0.0.1', resolve));
    return rest;
  }

  /** For DAILY_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Requests by method, path and status, oldest first. Never a key. */
  get requests(): readonly string[] {
    return this.#api.seen.map(({ method, path, status }) => `${method} /v1${path} ${status}`);
  }

  /** Answered to all requests with a good key, instead of what they ask for, until it is undefined. */
  set fault(fault: RestFault | undefined) {
    this.#faults.clear();
    if (fault !== undefined) this.#faults.rest(fault);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
