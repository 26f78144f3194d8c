import { type CallRecord, recordingKey, recordingPartsPrefix } from '../../contract/call-record';
import type { CallSound } from './page';
import type { RecordStore } from './store';
import { type Waveforms, waveformsOf } from './waveforms';

/** A page with more sound than that is none that a browser opens: about six hours. */
const MAX_BYTES = 100_000_000;

/** The recording of a call; or why there is none. @throws OpsError where it could not be asked for */
export async function soundOf(
  store: RecordStore,
  record: CallRecord,
): Promise<{ readonly sound?: CallSound; readonly why?: string }> {
  const { recording, level, durationMs } = record;
  if (recording === undefined) return { why: `without sound: at level ${level} none was recorded` };
  // Where a recording of this call lies, whatever somebody has written into its record.
  const keys = recording.isWhole ? [recordingKey(record)] : await store.keys(recordingPartsPrefix(record));
  const parts = await Promise.all(keys.map((key) => store.read(key)));
  const found = parts.filter((part) => part !== undefined);
  if (found.length === 0) return { why: 'without sound: its recording is not there any more' };
  const file = Buffer.concat(found);
  if (file.length > MAX_BYTES) return { why: `without sound: the recording is too long for a page (${keys[0] ?? ''})` };
  const startMs = recording.startMs ?? 0;
  return { sound: { file, startMs, waveforms: await drawn(file, { startMs, durationMs }) } };
}

async function drawn(file: Buffer, when: Parameters<typeof waveformsOf>[1]): Promise<Waveforms | undefined> {
  try {
    return await waveformsOf(file, when);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
