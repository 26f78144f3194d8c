import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenMeteo } from '../../../agents/assistant/open-meteo';
import { ToolError } from '../../../contract/agent';

/** Open-Meteo's two services on loopback, with its real shapes; `mood` makes it fail. */
class WeatherServer {
  mood: 'well' | 'refusing' | 'garbage' = 'well';
  readonly #server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-type', 'application/json');
    if (this.mood === 'refusing') return response.writeHead(429).end('{"error":true,"reason":"Too many requests"}');
    if (this.mood === 'garbage') return response.end('{"results":"sunny"}');
    if (url.pathname === '/v1/search') {
      const known = url.searchParams.get('name') === 'Stockholm';
      const place = { name: 'Stockholm', country: 'Sweden', latitude: 59.33, longitude: 18.06 };
      return response.end(JSON.stringify(known ? { results: [place] } : { generationtime_ms: 0.1 }));
    }
    if (url.searchParams.get('latitude') !== '59.33') return response.writeHead(400).end('{}');
    return response.end('{"current":{"temperature_2m":-3.2,"wind_speed_10m":12,"weather_code":73}}');
  });

  async start(): Promise<OpenMeteo> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
    return new OpenMeteo({ geocodingUrl: `${base}/search`, forecastUrl: `${base}/forecast` });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('the weather from Open-Meteo', () => {
  const server = new WeatherServer();
  let openMeteo: OpenMeteo;
  beforeAll(async () => {
    openMeteo = await server.start();
  });
  afterAll(() => server.stop());
  const ask = (place: string) => openMeteo.current(place, new AbortController().signal);

  it('finds the place and tells its weather', async () => {
    server.mood = 'well';
    expect(await ask('Stockholm')).toEqual({
      place: 'Stockholm, Sweden',
      description: 'snow',
      temperatureCelsius: -3.2,
      windKmh: 12,
    });
  });

  it('says that a place was not found', async () => {
    server.mood = 'well';
    await expect(ask('Atlantis')).rejects.toThrow('No place called');
  });

  it('says that the service refused', async () => {
    server.mood = 'refusing';
    await expect(ask('Stockholm')).rejects.toThrow('status 429');
  });

  it('says that the answer was not understood', async () => {
    server.mood = 'garbage';
    await expect(ask('Stockholm')).rejects.toThrow('not understood');
  });

  it('says plainly that the service cannot be reached when offline', async () => {
    const offline = new OpenMeteo({ geocodingUrl: 'http://127.0.0.1:9/v1/search' });
    const answer = offline.current('Oslo', new AbortController().signal);
    await expect(answer).rejects.toThrow(new ToolError('The weather service cannot be reached right now.'));
  });
});
