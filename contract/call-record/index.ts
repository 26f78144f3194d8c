/*
 * What is kept of a call: the bot writes it, the operator's commands and the stacks' tables read it.
 */
export {
  CONSENT_MODES,
  type ConsentMode,
  type ConsentOutcome,
  consentAtFirst,
  keepsAt,
  levelInForce,
  RECORD_LEVELS,
  type RecordLevel,
  type RecordsRule,
  recordsRule,
} from './levels';
export {
  type RecordedCallName,
  recordingKey,
  recordingPartKey,
  recordingPartsPrefix,
  RECORDING_PARTS_FOLDER,
  RECORDINGS_FOLDER,
  recordKey,
  RECORDS_FOLDER,
} from './keys';
export { type RecordsPlace, recordsPlace } from './place';
export { callerPseudonym } from './pseudonym';
export {
  type CallRecord,
  callRecordJsonSchema,
  callRecordSchema,
  parseCallRecord,
  RECORD_VERSION,
  type RecordedTool,
  type RecordedTurn,
  withoutContent,
} from './record';
