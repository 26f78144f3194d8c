import { ToolError, type ToolFunction, type z } from '../../contract/agent';
import type { where } from './place';
import { cityOf, findPlaceTime } from './time-zones';

/** Named for each time that is kept in a country. */
const MAX_CITIES = 4;

/**
 * Tells the time in a place, without asking anybody.
 * @param epochMs ms since 1970
 * @param language in which day and time are written, as a BCP 47 tag
 * @throws ToolError for a place that is not known
 */
export function currentTime({ place }: z.output<typeof where>, epochMs: number, language = 'en-US'): object {
  const found = findPlaceTime(place, epochMs);
  if (found === undefined)
    throw new ToolError(`The time zone of "${place}" is not known. Ask for a larger city nearby.`);
  const now = new Date(epochMs);
  if (found.kind === 'one') return { place, ...timeIn(found.timeZone, now, language) };
  return {
    place,
    country: found.country,
    note: 'This country keeps several times. Ask which city is meant, unless one of these answers the question.',
    times: found.timeZones.map(([first = 'UTC', ...others]) => ({
      cities: [first, ...others].slice(0, MAX_CITIES).map(cityOf),
      ...timeIn(first, now, language),
    })),
  };
}

const now: ToolFunction<typeof where> = (args, { language }) => currentTime(args, Date.now(), language);
export default now;

function timeIn(timeZone: string, now: Date, language: string): { timeZone: string; time: string; date: string } {
  return {
    timeZone,
    time: new Intl.DateTimeFormat(language, { timeZone, hour: 'numeric', minute: '2-digit' }).format(now),
    date: new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'full' }).format(now),
  };
}
