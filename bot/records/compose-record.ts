import { type CallRecord, RECORD_VERSION, type RecordedCallName } from '../../contract/call-record';
import type { CallPrivacy } from './call-privacy';
import type { Collected } from './collected';
import { type CallFigures, recordFigures } from './record-figures';
import type { RecordingIntake } from './recording-intake';

interface RecordParts {
  readonly name: RecordedCallName;
  readonly about: Pick<CallRecord, 'bot' | 'model' | 'language' | 'transport'>;
  /** A pseudonym. */
  readonly caller: string | undefined;
  readonly sequence: number;
  /** Undefined while the call goes on. */
  readonly reason: string | undefined;
  readonly durationMs: number;
  readonly writtenEpochMs: number;
  readonly privacy: Pick<CallPrivacy, 'level' | 'askedLevel' | 'consent'>;
  readonly collected: Collected;
  readonly figures: CallFigures;
  readonly recording: Pick<RecordingIntake, 'state' | 'dropped'> | undefined;
}

/** A call's record as it is to be written now. Pure. */
export function composeRecord(parts: RecordParts): CallRecord {
  const { name, about, caller, sequence, reason, durationMs, privacy, collected, recording } = parts;
  const { turns, tools, handoffs, transfers, rotations, reconnects, waits, errorCode, dropped } = collected;
  const sound = recording?.state;
  return {
    version: RECORD_VERSION,
    ...name,
    sequence,
    ended: reason !== undefined,
    ...about,
    ...(caller === undefined ? {} : { caller }),
    writtenAt: new Date(parts.writtenEpochMs).toISOString(),
    ...(reason === undefined
      ? {}
      : {
          endedAt: new Date(Date.parse(name.startedAt) + durationMs).toISOString(),
          end: { reason, ...(errorCode === undefined ? {} : { errorCode }) },
        }),
    durationMs,
    level: privacy.level,
    askedLevel: privacy.askedLevel,
    consent: privacy.consent,
    turns: [...turns].sort((a, b) => a.startMs - b.startMs),
    tools: [...tools],
    handoffs,
    transfers,
    rotations,
    reconnects,
    waits,
    ...recordFigures(parts.figures, collected.framesDroppedOut),
    dropped: { ...dropped, recordingParts: recording?.dropped ?? 0 },
    ...(sound === undefined ? {} : { recording: sound }),
  };
}
