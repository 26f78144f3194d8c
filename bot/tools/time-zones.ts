/** Places people ask for that are no city of the time zone database. */
const ALIASES: Readonly<Record<string, string>> = {
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  'las vegas': 'America/Los_Angeles',
  california: 'America/Los_Angeles',
  boston: 'America/New_York',
  washington: 'America/New_York',
  'washington dc': 'America/New_York',
  miami: 'America/New_York',
  atlanta: 'America/New_York',
  philadelphia: 'America/New_York',
  montreal: 'America/Toronto',
  dallas: 'America/Chicago',
  houston: 'America/Chicago',
  austin: 'America/Chicago',
  'rio de janeiro': 'America/Sao_Paulo',
  brasilia: 'America/Sao_Paulo',
  brazil: 'America/Sao_Paulo',
  mumbai: 'Asia/Kolkata',
  'new delhi': 'Asia/Kolkata',
  delhi: 'Asia/Kolkata',
  bangalore: 'Asia/Kolkata',
  india: 'Asia/Kolkata',
  beijing: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  china: 'Asia/Shanghai',
  osaka: 'Asia/Tokyo',
  japan: 'Asia/Tokyo',
  korea: 'Asia/Seoul',
  'south korea': 'Asia/Seoul',
  'abu dhabi': 'Asia/Dubai',
  'tel aviv': 'Asia/Jerusalem',
  israel: 'Asia/Jerusalem',
  munich: 'Europe/Berlin',
  hamburg: 'Europe/Berlin',
  frankfurt: 'Europe/Berlin',
  cologne: 'Europe/Berlin',
  germany: 'Europe/Berlin',
  milan: 'Europe/Rome',
  naples: 'Europe/Rome',
  italy: 'Europe/Rome',
  lyon: 'Europe/Paris',
  marseille: 'Europe/Paris',
  france: 'Europe/Paris',
  barcelona: 'Europe/Madrid',
  spain: 'Europe/Madrid',
  gothenburg: 'Europe/Stockholm',
  sweden: 'Europe/Stockholm',
  norway: 'Europe/Oslo',
  denmark: 'Europe/Copenhagen',
  finland: 'Europe/Helsinki',
  poland: 'Europe/Warsaw',
  netherlands: 'Europe/Amsterdam',
  belgium: 'Europe/Brussels',
  switzerland: 'Europe/Zurich',
  geneva: 'Europe/Zurich',
  austria: 'Europe/Vienna',
  greece: 'Europe/Athens',
  ireland: 'Europe/Dublin',
  portugal: 'Europe/Lisbon',
  edinburgh: 'Europe/London',
  manchester: 'Europe/London',
  england: 'Europe/London',
  scotland: 'Europe/London',
  'united kingdom': 'Europe/London',
  uk: 'Europe/London',
  kiev: 'Europe/Kyiv',
  'cape town': 'Africa/Johannesburg',
  canberra: 'Australia/Sydney',
  'new zealand': 'Pacific/Auckland',
  wellington: 'Pacific/Auckland',
  hawaii: 'Pacific/Honolulu',
  utc: 'UTC',
  gmt: 'UTC',
};

/** The database's cities: the last part of each zone's name, in the words a caller would use. */
const CITIES: ReadonlyMap<string, string> = new Map(
  Intl.supportedValuesOf('timeZone').map((zone) => [normalise(zone.slice(zone.lastIndexOf('/') + 1)), zone]),
);

/**
 * The IANA time zone of a place named in words ("Paris", "new york", "Asia/Tokyo"), or undefined where it is not known.
 * Only the part before a comma counts: "Paris, Texas" would otherwise need a gazetteer, and the caller hears the zone.
 */
export function findTimeZone(place: string): string | undefined {
  // Not every name that is understood is listed: some ICU versions list Asia/Calcutta and accept Asia/Kolkata too.
  if (place.includes('/') && isKnown(place.trim())) return place.trim();
  const name = normalise(place.split(',')[0] ?? '');
  const zone =
    ALIASES[name] ?? CITIES.get(name) ?? ALIASES[name.replace(/ city$/, '')] ?? CITIES.get(name.replace(/ city$/, ''));
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
