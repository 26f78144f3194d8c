import { z } from 'zod';
import { BotError } from '../errors';
import type { Clock } from '../time';
import { cityOf, findPlaceTime } from './time-zones';
import { defineTool, type Tool } from './tool';

/** Named for each time that is kept in a country. */
const MAX_CITIES = 4;

/** Tells the time in a place, without asking anybody. */
export function currentTimeTool(clock: Clock): Tool {
  return defineTool({
    name: 'get_current_time',
    description:
      'Tells the current date and time in a place. Use it whenever the caller asks for the time or the date.',
    schema: z.object({
      place: z
        .string()
        .min(1)
        .max(100)
        .describe('A city, country or IANA time zone, such as "Paris" or "America/New_York"'),
    }),
    timeoutMs: 1_000,
    run({ place }) {
      const found = findPlaceTime(place, clock.epochMs());
      if (found === undefined) {
        const error = new BotError(
          'tool_failed',
          `The time zone of "${place}" is not known. Ask for a larger city nearby.`,
        );
        return Promise.reject(error);
      }
      const now = new Date(clock.epochMs());
      if (found.kind === 'one') return Promise.resolve({ place, ...timeIn(found.timeZone, now) });
      return Promise.resolve({
        place,
        country: found.country,
        note: 'This country keeps several times. Ask which city is meant, unless one of these answers the question.',
        times: found.timeZones.map(([first = 'UTC', ...others]) => ({
          cities: [first, ...others].slice(0, MAX_CITIES).map(cityOf),
          ...timeIn(first, now),
        })),
      });
    },
  });
}

function timeIn(timeZone: string, now: Date): { timeZone: string; time: string; date: string } {
  return {
    timeZone,
    time: new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' }).format(now),
    date: new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'full' }).format(now),
  };
}
