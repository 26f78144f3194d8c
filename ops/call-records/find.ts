import { type CallRecord, parseCallRecord, recordKey, RECORDS_FOLDER } from '../../contract/call-record';
import type { Flags, FlagValues } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import type { RecordStore } from './store';

/** Options that say which calls are meant. */
export const WHICH_FLAGS = {
  since: {
    type: 'string',
    value: 'TIME',
    description: 'those that began then or later, such as 2026-11-27 or 2026-11-27T09:30Z',
  },
  until: { type: 'string', value: 'TIME', description: 'those that began before then' },
  agent: { type: 'string', value: 'NAME', description: 'those that this agent answered' },
  outcome: {
    type: 'string',
    value: 'WORD',
    description: 'those that ended so, such as model-failed; "open" for those that have not',
  },
  caller: { type: 'string', value: 'PSEUDONYM', description: 'those of one caller, by the pseudonym in their records' },
} as const satisfies Flags;

/** Which calls are meant; what is undefined does not matter. */
export interface Which {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly agent?: string | undefined;
  readonly outcome?: string | undefined;
  readonly caller?: string | undefined;
}

/** @throws OpsError `usage` */
export function whichOf(flags: FlagValues): Which {
  const [sinceMs, untilMs] = [timeOf(flags, 'since'), timeOf(flags, 'until')];
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs)
    throw new OpsError('usage', '--since must be before --until.');
  return {
    sinceMs,
    untilMs,
    agent: flags.text('agent'),
    outcome: flags.text('outcome'),
    caller: flags.text('caller'),
  };
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** A day begins at midnight UTC, and so does a time without a zone. */
function timeOf(flags: FlagValues, name: 'since' | 'until'): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const isZoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T');
  const ms = TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(isZoned ? text : `${text}Z`) : NaN;
  if (Number.isNaN(ms)) throw new OpsError('usage', `--${name} must be a day or a time, such as 2026-11-27T09:30Z.`);
  return ms;
}

/** Whether a month has that day: `Date` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** How a call ended, in a word. */
export const outcomeOf = ({ end }: CallRecord): string => end?.reason ?? 'open';

/** Whether a record is one of those meant. */
function isMeant(record: CallRecord, { sinceMs, untilMs, agent, outcome, caller }: Which): boolean {
  const startedMs = Date.parse(record.startedAt);
  if (sinceMs !== undefined && startedMs < sinceMs) return false;
  if (untilMs !== undefined && startedMs >= untilMs) return false;
  return (
    (agent === undefined || record.agent === agent) &&
    (outcome === undefined || outcomeOf(record) === outcome) &&
    (caller === undefined || record.caller === caller)
  );
}

const DAY = /^records\/date=(\d{4}-\d\d-\d\d)\/agent=([^/]+)\/([^/]+)\.json$/;
const DAY_MS = 86_400_000;

/** Whether what a key tells, the day and the agent, leaves it possible that its call is meant. */
function mayBeMeant(key: string, { sinceMs, untilMs, agent }: Which): boolean {
  const [, day = '', answered] = DAY.exec(key) ?? [];
  const beginsMs = Date.parse(day);
  if (Number.isNaN(beginsMs)) return false;
  if (sinceMs !== undefined && beginsMs + DAY_MS <= sinceMs) return false;
  return (untilMs === undefined || beginsMs < untilMs) && (agent === undefined || agent === answered);
}

/** What lies at a key: a record, or why it is none. */
type Read =
  | { readonly key: string; readonly record: CallRecord }
  | { readonly key: string; readonly record: undefined; readonly why: string };

const AT_ONCE = 16;

/** Every record that is meant, and what cannot be read and may be one: the latest day first, a few in memory. @throws OpsError */
export async function* eachRecord(store: RecordStore, which: Which): AsyncGenerator<Read, void, undefined> {
  const keys = (await store.keys(`${RECORDS_FOLDER}/`)).filter((key) => mayBeMeant(key, which)).reverse();
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const read = await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => readOne(store, key)));
    yield* read.filter(({ record }) => record === undefined || isMeant(record, which));
  }
}

/** What was made of records, and the keys of what is none. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly unreadable: readonly { readonly key: string; readonly why: string }[];
}

/** What `made` makes of every record that is meant, the latest call first. @throws OpsError */
export async function findRecords<T>(
  store: RecordStore,
  which: Which,
  made: (record: CallRecord) => T,
): Promise<Found<T>> {
  const found: { startedAt: string; one: T }[] = [];
  const unreadable: { key: string; why: string }[] = [];
  for await (const read of eachRecord(store, which)) {
    if (read.record === undefined) unreadable.push(read);
    else found.push({ startedAt: read.record.startedAt, one: made(read.record) });
  }
  found.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  return { found: found.map(({ one }) => one), unreadable };
}

async function readOne(store: RecordStore, key: string): Promise<Read> {
  const bytes = await store.read(key);
  if (bytes === undefined) return { key, record: undefined, why: 'it is deleted, and old versions of it are left' };
  try {
    const record = parseCallRecord(bytes.toString());
    if (recordKey(record) === key) return { key, record };
    return { key, record: undefined, why: 'it is the record of another call, day or agent' };
  } catch (error) {
    return { key, record: undefined, why: error instanceof Error ? error.message : 'it is no record' };
  }
}

/** The record of one call. @throws OpsError `not_found` */
export async function recordOf(store: RecordStore, callId: string): Promise<CallRecord> {
  const key = (await store.keys(`${RECORDS_FOLDER}/`)).find((one) => one.endsWith(`/${callId}.json`));
  const none = `there is no record of a call ${callId} in ${store.name}`;
  if (key === undefined) throw new OpsError('not_found', none, 'npm run ops -- calls list');
  const read = await readOne(store, key);
  if (read.record !== undefined) return read.record;
  throw new OpsError('not_found', `${key}: ${read.why}`, 'npm run ops -- calls list');
}
