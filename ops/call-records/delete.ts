import { RECORDING_PARTS_FOLDER, RECORDINGS_FOLDER, RECORDS_FOLDER } from '../../contract/call-record';
import type { Command } from '../cli/command';
import { confirm } from '../cli/confirm';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Finding, Report } from '../cli/report';
import { findRecords } from './find';
import { PLACE_FLAGS, storeOf } from './place';
import type { RecordStore } from './store';

export const deleteCalls: Command = {
  details: `Deletes what is kept of one call, or of all calls of one caller: records, recordings and their parts, every version of each. Then it
looks again, and says what is left. Wants a "yes", or --confirm yes. A call that still goes on is written anew: end it first.
What it does not touch, it names.`,
  flags: {
    ...PLACE_FLAGS,
    call: { type: 'string', value: 'ID', description: 'the call' },
    caller: { type: 'string', value: 'PSEUDONYM', description: 'all calls of this caller' },
    confirm: { type: 'string', value: 'yes', description: 'instead of being asked' },
    'dry-run': { type: 'boolean', description: 'say what would be deleted, and delete nothing' },
  },
  run: runDelete,
};

const ELSEWHERE: Finding = {
  status: 'skipped',
  subject: 'elsewhere',
  text: 'not touched: log lines and traces (no words in them), events that were already delivered or wait undelivered, what waits in CALL_RECORDS_SPOOL_FOLDER, exports and reports',
  fix: 'docs/privacy.md says how long each is kept, and how to be rid of it.',
};

async function runDelete(context: Context): Promise<Report> {
  const { flags, io } = context;
  const [call, caller] = [flags.text('call'), flags.text('caller')];
  if ((call === undefined) === (caller === undefined))
    throw new OpsError('usage', 'Either --call or --caller must be given.');
  const store = storeOf(context);
  const calls = call === undefined ? await callsOf(store, caller ?? '') : [call];
  const doomed = await keysOf(store, calls);
  if (doomed.length === 0) {
    throw new OpsError(
      'not_found',
      `nothing is kept in ${store.name} of ${call === undefined ? `a caller ${caller ?? ''}` : `a call ${call}`}`,
    );
  }
  if (flags.isSet('dry-run')) {
    const planned = doomed.map((key): Finding => ({ status: 'planned', subject: key, text: 'would be deleted' }));
    return {
      sections: [{ title: 'Would be deleted', findings: [...planned, ELSEWHERE] }],
      data: { calls, keys: doomed },
    };
  }
  const question = `Delete ${doomed.length} objects of ${calls.length} ${calls.length === 1 ? 'call' : 'calls'} in ${store.name}, for good?`;
  const isMeant = flags.text('confirm') === 'yes' || (await asked(context, question));
  if (!isMeant) throw new OpsError('refused', 'nothing was deleted', 'Say "yes", or --confirm yes.');
  const { removed, refused } = await store.remove(doomed);
  io.signal.throwIfAborted();
  const left = await keysOf(store, calls);
  const whyOf = new Map(refused.map(({ key, why }) => [key, why]));
  const findings = doomed.map((key): Finding =>
    left.includes(key)
      ? {
          status: 'failed',
          subject: key,
          text: `is still there: ${whyOf.get(key) ?? 'it came back'}`,
          code: 'verification_failed',
        }
      : { status: 'changed', subject: key, text: 'is deleted' },
  );
  return {
    sections: [{ title: `Deleted from ${store.name}, and looked for again`, findings: [...findings, ELSEWHERE] }],
    data: { calls, versionsRemoved: removed, left },
  };
}

function asked({ flags, io }: Context, question: string): Promise<boolean> {
  if (flags.isSet('json') || io.stdin === undefined) return Promise.resolve(false);
  return confirm(question, io.signal);
}

/** The calls of a caller. A record that cannot be read may be one of theirs, and so nothing is done. */
async function callsOf(store: RecordStore, caller: string): Promise<readonly string[]> {
  const { found, unreadable } = await findRecords(store, { caller }, ({ callId }) => callId);
  const [first] = unreadable;
  if (first !== undefined) {
    throw new OpsError(
      'values_invalid',
      `${unreadable.length} records cannot be read, and may be of this caller: ${first.key} (${first.why})`,
      'Look at them, and delete them by --call.',
    );
  }
  return found;
}

/** All that is kept of these calls. */
async function keysOf(store: RecordStore, calls: readonly string[]): Promise<readonly string[]> {
  const folders = [RECORDS_FOLDER, RECORDINGS_FOLDER, RECORDING_PARTS_FOLDER];
  const keys = (await Promise.all(folders.map((folder) => store.keys(`${folder}/`)))).flat();
  const wanted = new Set(calls);
  return keys.filter((key) => wanted.has(/^[^/]+\/[^/]+\/[^/]+\/([^/.]+)/.exec(key)?.[1] ?? ''));
}
