import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenMeteo } from '../../../bot/tools/open-meteo';
import { weatherTool } from '../../../bot/tools/weather';
import { ToolRunner } from '../../../bot/tools/tool-runner';
import { systemClock } from '../../../bot/time/clock';
import { requestOf } from './support/requests';

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

  async start(): Promise<ToolRunner> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
    const provider = new OpenMeteo({ geocodingUrl: `${base}/search`, forecastUrl: `${base}/forecast` });
    return new ToolRunner([weatherTool(provider)], systemClock);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('the weather from Open-Meteo', () => {
  const server = new WeatherServer();
  let runner: ToolRunner;
  beforeAll(async () => {
    runner = await server.start();
  });
  afterAll(() => server.stop());
  const ask = (place: string) => runner.run(requestOf('get_weather', { place }), new AbortController().signal);

  it('finds the place and tells its weather', async () => {
    server.mood = 'well';
    expect(JSON.parse((await ask('Stockholm')).json)).toEqual({
      place: 'Stockholm, Sweden',
      description: 'snow',
      temperatureCelsius: -3.2,
      windKmh: 12,
    });
  });

  it('says that a place was not found', async () => {
    server.mood = 'well';
    expect((await ask('Atlantis')).json).toContain('No place called');
  });

  it('says that the service refused', async () => {
    server.mood = 'refusing';
    expect((await ask('Stockholm')).json).toContain('status 429');
  });

  it('says that the answer was not understood', async () => {
    server.mood = 'garbage';
    expect((await ask('Stockholm')).json).toContain('not understood');
  });

  it('says plainly that the service cannot be reached when offline', async () => {
    const offline = new ToolRunner(
      [weatherTool(new OpenMeteo({ geocodingUrl: 'http://127.0.0.1:9/v1/search' }))],
      systemClock,
    );
    const answer = await offline.run(requestOf('get_weather', { place: 'Oslo' }), new AbortController().signal);
    expect(answer).toMatchObject({
      outcome: 'tool_failed',
      json: expect.stringContaining('{"error":"The weather service cannot be reached right now.","next":') as string,
    });
  });
});
