import { type CallRecord, recordingKey } from '../../../../contract/call-record';
import { A_CALL_RECORD } from '../../../support/call-record';

const failed: CallRecord = {
  ...A_CALL_RECORD,
  callId: '8a1b2c3d-0000-4000-8000-000000000002',
  agent: 'bills',
  caller: '=cmd("x")',
  startedAt: '2026-11-27T23:59:59.000Z',
  end: { reason: 'model-failed', errorCode: 'model_timed_out' },
};

const { endedAt: _endedAt, end: _end, ...open } = A_CALL_RECORD;
const spoken = { ...open, callId: '8a1b2c3d-0000-4000-8000-000000000003', startedAt: '2026-11-28T08:00:00.000Z' };

/** A call that goes on, with a recording; somebody has said markup in it. */
export const SPOKEN: CallRecord = {
  ...spoken,
  ended: false,
  level: 'recording',
  turns: [{ by: 'caller', startMs: 0, endMs: 900, via: 'text', text: '<script>alert(1)</script>' }],
  recording: { key: recordingKey(spoken), parts: 1, isWhole: true, startMs: 400 },
};

/** A call, one of another caller that failed, and one of the first caller on the next day. */
export const CALLS: readonly CallRecord[] = [A_CALL_RECORD, failed, SPOKEN];
