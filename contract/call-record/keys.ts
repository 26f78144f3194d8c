/*
 * Where what is kept of a call lies, below the folder or the prefix that CALL_RECORDS names. Partitions are Hive's, so
 * that Athena finds a day of an agent without reading the others: what a call has keeps its place from its first flush
 * to its last, whoever the call is handed to.
 */

/** What names a call's objects. */
export interface RecordedCallName {
  readonly callId: string;
  /** Who answered. */
  readonly agent: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** The folders of each kind. */
export const RECORDS_FOLDER = 'records';
export const RECORDINGS_FOLDER = 'recordings';
export const RECORDING_PARTS_FOLDER = 'recording-parts';

/** The call's record: one line of JSON, as Athena reads it; written anew with each flush. */
export const recordKey = (call: RecordedCallName): string => `${RECORDS_FOLDER}/${partition(call)}.json`;

/** The call's recording, whole. */
export const recordingKey = (call: RecordedCallName): string => `${RECORDINGS_FOLDER}/${partition(call)}.ogg`;

/** The folder of the recording's parts: joined byte for byte, in order, they are the recording as far as it has come. */
export const recordingPartsPrefix = (call: RecordedCallName): string => `${RECORDING_PARTS_FOLDER}/${partition(call)}/`;

/** A part of it, counted from 1. */
export const recordingPartKey = (call: RecordedCallName, part: number): string =>
  `${recordingPartsPrefix(call)}${String(part).padStart(6, '0')}.part`;

const partition = ({ callId, agent, startedAt }: RecordedCallName): string =>
  `date=${startedAt.slice(0, 10)}/agent=${safe(agent)}/${safe(callId)}`;

/** Letters, digits, `-` and `_`: nothing that a folder, an address or a shell could take for something else. */
const safe = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64);
