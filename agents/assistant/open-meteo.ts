import { ToolError, z } from '../../contract/agent';

export interface Weather {
  /** The place that was found, which may not be the one that was meant. */
  readonly place: string;
  readonly description: string;
  readonly temperatureCelsius: number;
  readonly windKmh: number;
}

const Geocoding = z.object({
  results: z
    .array(z.object({ name: z.string(), country: z.string().optional(), latitude: z.number(), longitude: z.number() }))
    .optional(),
});
const Forecast = z.object({
  current: z.object({ temperature_2m: z.number(), wind_speed_10m: z.number(), weather_code: z.number() }),
});

/** WMO code table 4677 as Open-Meteo uses it (https://open-meteo.com/en/docs): the first row whose limit is not passed. */
const CONDITIONS: readonly (readonly [upTo: number, words: string])[] = [
  [0, 'clear sky'],
  [1, 'mainly clear'],
  [2, 'partly cloudy'],
  [3, 'overcast'],
  [48, 'fog'],
  [57, 'drizzle'],
  [67, 'rain'],
  [77, 'snow'],
  [82, 'rain showers'],
  [86, 'snow showers'],
  [99, 'thunderstorm'],
];

/** Open-Meteo: free, no key. https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/geocoding-api */
export class OpenMeteo {
  readonly #geocodingUrl: string;
  readonly #forecastUrl: string;

  constructor(urls: { geocodingUrl?: string; forecastUrl?: string } = {}) {
    this.#geocodingUrl = urls.geocodingUrl ?? 'https://geocoding-api.open-meteo.com/v1/search';
    this.#forecastUrl = urls.forecastUrl ?? 'https://api.open-meteo.com/v1/forecast';
  }

  /** @throws ToolError: place not found, service not reached, answer not understood */
  async current(place: string, signal: AbortSignal): Promise<Weather> {
    const search = { name: place, count: '1', language: 'en', format: 'json' };
    const found = await ask(Geocoding, this.#geocodingUrl, search, signal);
    const where = found.results?.[0];
    if (where === undefined) throw new ToolError(`No place called "${place}" was found.`);
    const query = {
      latitude: String(where.latitude),
      longitude: String(where.longitude),
      current: 'temperature_2m,wind_speed_10m,weather_code',
    };
    const { current } = await ask(Forecast, this.#forecastUrl, query, signal);
    return {
      place: where.country === undefined ? where.name : `${where.name}, ${where.country}`,
      description: CONDITIONS.find(([upTo]) => current.weather_code <= upTo)?.[1] ?? 'unknown conditions',
      temperatureCelsius: current.temperature_2m,
      windKmh: current.wind_speed_10m,
    };
  }
}

async function ask<T>(
  schema: z.ZodType<T>,
  base: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<T> {
  const url = new URL(base);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal });
    body = await response.json();
  } catch (cause) {
    throw new ToolError('The weather service cannot be reached right now.', { cause });
  }
  if (!response.ok) throw new ToolError(`The weather service refused the question (status ${response.status}).`);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ToolError('The weather service gave an answer that was not understood.');
  return parsed.data;
}
