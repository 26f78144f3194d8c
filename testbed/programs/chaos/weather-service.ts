import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Places whose weather nobody learns, and how their question ends. */
export const BAD_PLACES = {
  hangs: 'Stillwater',
  resets: 'Breakwater',
  babbles: 'Babel',
  fails: 'Failsworth',
} as const;

const MISDEEDS: ReadonlyMap<string, (res: ServerResponse) => void> = new Map([
  [BAD_PLACES.hangs, () => undefined],
  [BAD_PLACES.resets, (res: ServerResponse) => void res.destroy()],
  [BAD_PLACES.babbles, (res: ServerResponse) => void res.end('<html>')],
  [BAD_PLACES.fails, (res: ServerResponse) => void res.writeHead(503).end('{}')],
]);

/** The tool's service, on loopback: it finds any place with fair weather, except the bad ones. */
export class WeatherService {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<WeatherService> {
    const server = createServer((req, res) => {
      const { pathname, searchParams } = new URL(req.url ?? '/', 'http://127.0.0.1');
      const name = searchParams.get('name') ?? '';
      const misdeed = MISDEEDS.get(name);
      if (misdeed !== undefined) {
        misdeed(res);
        return;
      }
      const body = pathname.endsWith('/search')
        ? { results: [{ name, latitude: 59.3, longitude: 18.1 }] }
        : { current: { temperature_2m: 20, wind_speed_10m: 5, weather_code: 0 } };
      res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WeatherService(server);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
