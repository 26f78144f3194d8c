import { z } from 'zod';
import { BotError } from '../errors';
import type { Clock } from '../time';
import { findTimeZone } from './time-zones';
import { defineTool, type Tool } from './tool';

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
      const timeZone = findTimeZone(place);
      if (timeZone === undefined) {
        const error = new BotError(
          'tool_failed',
          `The time zone of "${place}" is not known. Ask for a larger city nearby.`,
        );
        return Promise.reject(error);
      }
      const now = new Date(clock.epochMs());
      return Promise.resolve({
        place,
        timeZone,
        time: new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' }).format(now),
        date: new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'full' }).format(now),
      });
    },
  });
}
