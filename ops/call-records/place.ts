import { isAbsolute } from 'node:path';
import { recordsPlace } from '../../contract/call-record';
import { namesOf, RECORDS_PREFIX } from '../../stacks/names';
import type { Context } from '../cli/context';
import type { Flags } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { FolderStore } from './folder-store';
import { S3Store } from './s3-store';
import type { RecordStore } from './store';

/** Where the records are that a command is about. */
export const PLACE_FLAGS = {
  from: {
    type: 'string',
    value: 'PLACE',
    description: "a folder, or s3://BUCKET/PREFIX, as CALL_RECORDS has it [the environment's bucket]",
  },
} as const satisfies Flags;

/** @throws OpsError where there is no such place */
export function storeOf(context: Context): RecordStore {
  const from = context.flags.text('from');
  if (from === undefined) return new S3Store(context.aws(), namesOf(context.settings).recordsBucket, RECORDS_PREFIX);
  const place = recordsPlace(from);
  if (place === undefined) throw new OpsError('usage', '--from must be a folder, or s3://BUCKET/PREFIX.');
  if (place.kind === 's3') return new S3Store(context.aws(), place.bucket, place.prefix);
  return new FolderStore(isAbsolute(place.folder) ? place.folder : context.path(place.folder));
}
