import { hasTelephone, type Settings } from '../../stacks/settings';
import { priceOf, type PriceList } from './prices';
import { type BillLine, HOURS } from './standing';

/** Both ways of Opus with its packets' headers, in bytes a second. */
const MEDIA_BYTES_PER_SECOND = 16_000;

/** What the model takes for a minute of a call, and Daily where calls go through its rooms. */
export function minuteCosts(list: PriceList, transport: Settings['transport'] = 'daily'): BillLine[] {
  const { botSpeaksPercent, speechTokensPerSecond, textTokensPerMinute } = list.call;
  const tokens = 60 * speechTokensPerSecond;
  const price = (name: string): number => priceOf(list, name);
  return [
    { what: 'speech to the model', usd: (tokens / 1e6) * price('speechIn') },
    { what: 'speech of the model', usd: ((tokens * botSpeaksPercent) / 100 / 1e6) * price('speechOut') },
    { what: 'prompt and tools', usd: (textTokensPerMinute / 1e6) * price('textIn') },
    ...(transport === 'daily' ? [{ what: 'Daily, two participants', usd: 2 * price('dailyMinute') }] : []),
  ];
}

/** Prices of the line: of a country, so that no list of ours has them. */
const PHONE_PRICES = ['phoneNumberMonth', 'phoneMinute'] as const;

/** Whether a telephone's line is wanted, and no price of it is known. */
export const isUnpriced = (settings: Settings, { prices }: PriceList): boolean =>
  hasTelephone(settings) && PHONE_PRICES.some((name) => prices[name] === undefined);

/** Numbers, and the line, were all calls by telephone. */
function phoneCosts(minutes: number, settings: Settings, list: PriceList): BillLine[] {
  const telephone = settings.phone ?? settings.dailyPhone;
  if (telephone === undefined || isUnpriced(settings, list)) return [];
  const numbers = Object.keys(telephone.numbers).length;
  return [
    { what: `telephone numbers (${numbers})`, usd: numbers * priceOf(list, 'phoneNumberMonth') },
    { what: 'telephone line, of all calls', usd: minutes * priceOf(list, 'phoneMinute') },
  ];
}

/** A call writes its record, and the next part of its recording, every half a minute. */
const PUTS_PER_MINUTE = 4;
/** Of a recording of both sides: at most 15 MB an hour. */
const RECORDED_BYTES_PER_MINUTE = 250_000;
/** Of a record at level transcript, about. */
const RECORD_BYTES_PER_MINUTE = 4_000;
/** A query is billed for as much at least. */
const MIN_SCANNED_BYTES = 10e6;
const DAYS_PER_MONTH = 30;

/** What records cost where every call is recorded; with less than recordings it is about half of that. */
function recordCosts(minutes: number, { records }: Settings, list: PriceList): BillLine[] {
  if (!records.keep) return [];
  const gigabytes = (minutes * RECORDED_BYTES_PER_MINUTE * records.retentionDays) / DAYS_PER_MONTH / 1e9;
  const puts = (minutes * PUTS_PER_MINUTE) / 1e6;
  const usd = puts * priceOf(list, 's3MillionPuts') + gigabytes * priceOf(list, 's3GbMonth');
  return [{ what: 'records, were all calls recorded', usd }];
}

/** What Athena takes for one query a day over all records that are kept; nothing where nobody asks. */
function queryCosts(minutes: number, { records }: Settings, list: PriceList): BillLine[] {
  if (!records.analytics) return [];
  const kept = (minutes * RECORD_BYTES_PER_MINUTE * records.retentionDays) / DAYS_PER_MONTH;
  const terabytes = (DAYS_PER_MONTH * Math.max(MIN_SCANNED_BYTES, kept)) / 1e12;
  return [{ what: 'queries over records, one a day', usd: terabytes * priceOf(list, 'athenaScannedTb') }];
}

const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

/** Tasks that a month of so many minutes of calls needs on average, by the settings' own scaling. */
export function tasksFor(minutes: number, { counts, bot }: Settings, { call }: PriceList): number {
  const busiest = (minutes / (HOURS * 60)) * call.peakFactor;
  const wanted = Math.ceil(busiest / ((bot.callsPerTask * bot.scaleAtPercent) / 100));
  return Math.min(counts.max, Math.max(counts.min, wanted));
}

/** What a month with so many minutes of calls costs besides what stands there anyway. */
export function usageCosts(minutes: number, settings: Settings, list: PriceList): BillLine[] {
  const { task, transport, network } = settings;
  const price = (name: string): number => priceOf(list, name);
  const tasks = tasksFor(minutes, settings, list);
  const taskMonth = HOURS * ((task.cpu / 1024) * price('vcpuHour') + (task.memoryMb / 1024) * price('gbHour'));
  const addresses = network.kind === 'default' ? tasks * HOURS * price('addressHour') : 0;
  const natGb = network.kind === 'default' ? 0 : price('natGb');
  const gigabytes = (minutes * 60 * MEDIA_BYTES_PER_SECOND) / 1e9;
  return [
    { what: `tasks (${tasks})`, usd: tasks * taskMonth * (task.spot ? 1 - price('spotDiscount') : 1) + addresses },
    { what: 'traffic', usd: gigabytes * natGb + (gigabytes / 2) * price('egressGb') },
    { what: transport === 'daily' ? 'model and Daily' : 'model', usd: minutes * sumOf(minuteCosts(list, transport)) },
    ...phoneCosts(minutes, settings, list),
    ...recordCosts(minutes, settings, list),
    ...queryCosts(minutes, settings, list),
  ];
}
