import { z } from 'zod';
import { defineTool, type Tool } from './tool';

export interface Weather {
  /** The place that was found, which may not be the one that was meant. */
  readonly place: string;
  readonly description: string;
  readonly temperatureCelsius: number;
  readonly windKmh: number;
}

export interface WeatherProvider {
  /** @throws BotError `tool_failed` in words that may be spoken: place not found, service not reached, answer not understood. */
  current(place: string, signal: AbortSignal): Promise<Weather>;
}

export function weatherTool(provider: WeatherProvider): Tool {
  return defineTool({
    name: 'get_weather',
    description: 'Tells the current weather in a place.',
    schema: z.object({ place: z.string().min(1).max(100).describe('A city, such as "Stockholm"') }),
    timeoutMs: 5_000,
    run: ({ place }, { signal }) => provider.current(place, signal),
  });
}
