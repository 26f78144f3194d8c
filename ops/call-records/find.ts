import { type CallRecord, parseCallRecord, RECORDS_FOLDER } from '../../contract/call-record';
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
  return {
    sinceMs: timeOf(flags, 'since'),
    untilMs: timeOf(flags, 'until'),
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
  const ms = TIME.test(text) ? Date.parse(isZoned ? text : `${text}Z`) : NaN;
  if (Number.isNaN(ms)) throw new OpsError('usage', `--${name} must be a day or a time, such as 2026-11-27T09:30Z.`);
  return ms;
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

/** Records, and the keys of what is none. */
export interface Found {
  readonly records: readonly CallRecord[];
  readonly unreadable: readonly { readonly key: string; readonly why: string }[];
}

const AT_ONCE = 16;

/** Every record that is meant, the latest call first. @throws OpsError */
export async function findRecords(store: RecordStore, which: Which): Promise<Found> {
  const keys = (await store.keys(`${RECORDS_FOLDER}/`)).filter((key) => mayBeMeant(key, which));
  const records: CallRecord[] = [];
  const unreadable: { key: string; why: string }[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const read = await Promise.all(
      keys.slice(at, at + AT_ONCE).map(async (key) => ({ key, ...(await readOne(store, key)) })),
    );
    for (const { key, record, why } of read) {
      if (record === undefined) unreadable.push({ key, why });
      else if (isMeant(record, which)) records.push(record);
    }
  }
  return { records: records.sort((a, b) => b.startedAt.localeCompare(a.startedAt)), unreadable };
}

async function readOne(
  store: RecordStore,
  key: string,
): Promise<{ readonly record?: CallRecord; readonly why: string }> {
  const bytes = await store.read(key);
  if (bytes === undefined) return { why: 'it is deleted, and old versions of it are left' };
  try {
    return { record: parseCallRecord(bytes.toString()), why: '' };
  } catch (error) {
    return { why: error instanceof Error ? error.message : 'it is no record' };
  }
}

/** The record of one call. @throws OpsError `not_found` */
export async function recordOf(store: RecordStore, callId: string): Promise<CallRecord> {
  const key = (await store.keys(`${RECORDS_FOLDER}/`)).find((one) => one.endsWith(`/${callId}.json`));
  const { record, why } = key === undefined ? { why: '' } : await readOne(store, key);
  if (record !== undefined) return record;
  const text = key === undefined ? `there is no record of a call ${callId} in ${store.name}` : `${key}: ${why}`;
  throw new OpsError('not_found', text, 'npm run ops -- calls list');
}
