import { RECORDINGS_FOLDER, RECORDS_FOLDER } from '../../contract/call-record';
import { namesOf, RECORDS_PREFIX } from '../../stacks/names';
import { S3Store } from '../call-records/s3-store';
import type { Context } from '../cli/context';
import { commandFor } from '../cli/command-line';
import { OpsError } from '../cli/ops-error';
import type { Terminal } from '../cli/terminal';
import type { Review } from '../release/review';

/** What is kept of calls, and goes with the bucket that it is in: the owner's, of which nobody else has a copy. */
export interface DoomedRecords {
  /** As `s3://BUCKET/PREFIX`. */
  readonly place: string;
  /** How many of each; undefined where this role may not list them. */
  readonly found: { readonly records: number; readonly recordings: number } | undefined;
}

/**
 * Looks into the bucket of records.
 * @param reviews the plans of what goes
 * @returns undefined where no record goes by them
 * @throws OpsError; Interrupted
 */
export async function doomedRecords(context: Context, reviews: readonly Review[]): Promise<DoomedRecords | undefined> {
  const isDoomed = ({ dataLost }: Review) => dataLost.some((address) => address.startsWith('aws_s3_bucket.records_'));
  if (!reviews.some(isDoomed)) return undefined;
  const store = new S3Store(context.aws(), namesOf(context.settings).recordsBucket, RECORDS_PREFIX);
  try {
    const records = (await store.keys(`${RECORDS_FOLDER}/`)).length;
    const recordings = (await store.keys(`${RECORDINGS_FOLDER}/`)).length;
    return records + recordings === 0 ? undefined : { place: store.name, found: { records, recordings } };
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'access_denied') throw error;
    return { place: store.name, found: undefined };
  }
}

/** In a sentence: what of calls goes. */
export function sayRecords({ place, found }: DoomedRecords): string {
  const what =
    found === undefined
      ? 'all records and recordings of calls, which you may not count'
      : `${counted(found.records, 'record')} and ${counted(found.recordings, 'recording')} of calls`;
  return `${what}, in ${place}; nobody else has a copy`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

interface Consent {
  /** Whether it was given beforehand. */
  readonly isGiven: boolean;
  /** Undefined where nobody is asked. */
  readonly terminal: Terminal | undefined;
  /** The command that is running, complete. */
  readonly again: string;
}

/** Asks for the records by themselves: the name of an environment says nothing of its calls. @throws OpsError `refused`; Interrupted */
export async function agreeToDelete(
  { settings, environment }: Pick<Context, 'settings' | 'environment'>,
  records: DoomedRecords,
  { isGiven, terminal, again }: Consent,
): Promise<void> {
  if (isGiven || (await terminal?.confirm(`Delete ${sayRecords(records)}?`)) === true) return;
  const { region } = settings;
  const copies = [
    `${commandFor('calls export jsonl', environment, region)} --out calls.jsonl`,
    `aws s3 sync ${records.place}${RECORDINGS_FOLDER}/ recordings --region ${region}`,
  ];
  throw new OpsError(
    'refused',
    `with it would go ${sayRecords(records)}: that was not agreed to, so nothing is destroyed`,
    `To keep a copy:\n${copies.map((line) => `  ${line}`).join('\n')}\nTo delete them: ${again} --delete-records`,
  );
}
