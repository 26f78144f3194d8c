import { CITIES } from './cities';
import { findCountry } from './countries';
import { normalise } from './normalise';

/** What is known of a place's time. */
export type PlaceTime =
  | { readonly kind: 'one'; readonly timeZone: string }
  /** A country whose clocks differ: for each time that is kept in it, the zones that keep it, the best known first. */
  | { readonly kind: 'several'; readonly country: string; readonly timeZones: readonly (readonly string[])[] };

/** Zones by place: the database's cities (the last part of each zone's name), and more names, which go first. */
const ZONES: ReadonlyMap<string, string> = new Map([
  ...Intl.supportedValuesOf('timeZone').map((zone) => [normalise(cityOf(zone)), zone] as const),
  ...Object.entries(CITIES).flatMap(([zone, names]) => names.map((name) => [normalise(name), zone] as const)),
]);
const HALF_A_YEAR_MS = 183 * 86_400_000;

/**
 * The time zone of a place named in words ("Paris", "münchen", "Deutschland", "Asia/Tokyo"), or all of a country's;
 * undefined where it is not known. What follows a comma is looked at only where the place before it is unknown: "Paris,
 * Texas" would otherwise need a gazetteer, and the caller hears the zone.
 */
export function findPlaceTime(place: string, epochMs: number): PlaceTime | undefined {
  // Not every name that is understood is listed: some ICU versions list Asia/Calcutta and accept Asia/Kolkata too.
  if (place.includes('/') && isKnown(place.trim())) return { kind: 'one', timeZone: place.trim() };
  const [first = '', ...others] = place.split(',');
  const timeZone = zoneOfCity(first);
  if (timeZone !== undefined) return { kind: 'one', timeZone };
  return timeOfCountry(first, epochMs) ?? timeOfCountry(others.at(-1) ?? '', epochMs);
}

/** What the zone's name says in words: "New York" for America/New_York. */
export function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

function zoneOfCity(place: string): string | undefined {
  const name = normalise(place);
  const zone = ZONES.get(name) ?? ZONES.get(name.replace(/ city$/, ''));
  return zone !== undefined && isKnown(zone) ? zone : undefined;
}

function timeOfCountry(name: string, epochMs: number): PlaceTime | undefined {
  const country = findCountry(name);
  if (country === undefined) return undefined;
  const wellKnownFirst = country.timeZones.toSorted((a, b) => Number(b in CITIES) - Number(a in CITIES));
  // Zones that differ in history only, such as Berlin's and Büsingen's, keep one time.
  const byClock = new Map<string, string[]>();
  for (const zone of wellKnownFirst) {
    const clock = `${offsetOf(zone, epochMs)} ${offsetOf(zone, epochMs + HALF_A_YEAR_MS)}`;
    const same = byClock.get(clock);
    if (same === undefined) byClock.set(clock, [zone]);
    else same.push(zone);
  }
  const timeZones = [...byClock.values()];
  const timeZone = wellKnownFirst[0];
  if (timeZones.length === 1 && timeZone !== undefined) return { kind: 'one', timeZone };
  return { kind: 'several', country: country.name, timeZones };
}

function offsetOf(timeZone: string, epochMs: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(epochMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
