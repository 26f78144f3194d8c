import { code, defineAgent } from '../../contract/agent';
import { city, where } from './place';

/** The bot as it comes: prompt, greeting and voice are those of SYSTEM_PROMPT, GREETING_PROMPT and NOVA_SONIC_VOICE. */
export default defineAgent({
  tools: {
    get_current_time: code({
      description:
        'Tells the current date and time in a place. Use it whenever the caller asks for the time or the date.',
      arguments: where,
      timeoutMs: 1_000,
      runs: 'any',
      load: () => import('./current-time.ts'),
    }),
    get_weather: code({
      description: 'Tells the current weather in a place.',
      arguments: city,
      hosts: ['geocoding-api.open-meteo.com', 'api.open-meteo.com'],
      runs: 'any',
      load: () => import('./weather.ts'),
    }),
  },
});
