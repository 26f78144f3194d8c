/** Places people ask for that are no city of the time zone database, by zone. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'America/Los_Angeles': ['san francisco', 'seattle', 'las vegas', 'california'],
  'America/New_York': ['boston', 'washington', 'washington dc', 'miami', 'atlanta', 'philadelphia'],
  'America/Toronto': ['montreal'],
  'America/Chicago': ['dallas', 'houston', 'austin'],
  'America/Sao_Paulo': ['rio de janeiro', 'brasilia', 'brazil'],
  'Asia/Kolkata': ['mumbai', 'new delhi', 'delhi', 'bangalore', 'india'],
  'Asia/Shanghai': ['beijing', 'shenzhen', 'china'],
  'Asia/Tokyo': ['osaka', 'japan'],
  'Asia/Seoul': ['korea', 'south korea'],
  'Asia/Dubai': ['abu dhabi'],
  'Asia/Jerusalem': ['tel aviv', 'israel'],
  'Europe/Berlin': ['munich', 'hamburg', 'frankfurt', 'cologne', 'germany'],
  'Europe/Rome': ['milan', 'naples', 'italy'],
  'Europe/Paris': ['lyon', 'marseille', 'france'],
  'Europe/Madrid': ['barcelona', 'spain'],
  'Europe/Stockholm': ['gothenburg', 'sweden'],
  'Europe/Oslo': ['norway'],
  'Europe/Copenhagen': ['denmark'],
  'Europe/Helsinki': ['finland'],
  'Europe/Warsaw': ['poland'],
  'Europe/Amsterdam': ['netherlands'],
  'Europe/Brussels': ['belgium'],
  'Europe/Zurich': ['switzerland', 'geneva'],
  'Europe/Vienna': ['austria'],
  'Europe/Athens': ['greece'],
  'Europe/Dublin': ['ireland'],
  'Europe/Lisbon': ['portugal'],
  'Europe/London': ['edinburgh', 'manchester', 'england', 'scotland', 'united kingdom', 'uk'],
  'Europe/Kyiv': ['kiev'],
  'Africa/Johannesburg': ['cape town'],
  'Australia/Sydney': ['canberra'],
  'Pacific/Auckland': ['new zealand', 'wellington'],
  'Pacific/Honolulu': ['hawaii'],
  UTC: ['utc', 'gmt'],
};

/** Zones by place: the database's cities (the last part of each zone's name), and the aliases, which go first. */
const ZONES: ReadonlyMap<string, string> = new Map([
  ...Intl.supportedValuesOf('timeZone').map(
    (zone) => [normalise(zone.slice(zone.lastIndexOf('/') + 1)), zone] as const,
  ),
  ...Object.entries(ALIASES).flatMap(([zone, names]) => names.map((name) => [name, zone] as const)),
]);

/**
 * The IANA time zone of a place named in words ("Paris", "new york", "Asia/Tokyo"), or undefined where it is not known.
 * Only the part before a comma counts: "Paris, Texas" would otherwise need a gazetteer, and the caller hears the zone.
 */
export function findTimeZone(place: string): string | undefined {
  // Not every name that is understood is listed: some ICU versions list Asia/Calcutta and accept Asia/Kolkata too.
  if (place.includes('/') && isKnown(place.trim())) return place.trim();
  const name = normalise(place.split(',')[0] ?? '');
  const zone = ZONES.get(name) ?? ZONES.get(name.replace(/ city$/, ''));
  return zone !== undefined && isKnown(zone) ? zone : undefined;
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Lower case, no accents, underscores and punctuation as blanks. */
function normalise(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
}
