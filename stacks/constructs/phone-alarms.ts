import type { Settings } from '../settings';
import type { AlarmBoard } from './alarm';

/** Callers who were turned away in five minutes before it is said: some hear the busy tone by their own limit. */
const REFUSED = 5;
/** Requests in five minutes: one is a stray, and a flood is logged in part only. */
const FORGED = 3;
/** Callers on hold in five minutes: one may have met a browser that was just being replaced. */
const HELD_LONG = 3;

/** Alarms on what callers by telephone notice, and on who asks in their carrier's name. */
export function phoneAlarms(board: AlarmBoard, { dailyPhone }: Pick<Settings, 'dailyPhone'>): void {
  board.on('phone-refused', {
    metric: 'phoneCallsRefused',
    statistic: 'Sum',
    threshold: REFUSED,
    description: 'Callers hear the busy tone: all is full, a limit, or no model. See the saved query "telephone".',
  });
  board.on('phone-lost', {
    metric: 'phoneStreamsLost',
    statistic: 'Sum',
    threshold: 1,
    description: 'A caller heard an apology: no task had room, or the stream broke. See the saved query "telephone".',
  });
  board.on('phone-signatures', {
    metric: 'phoneSignatureFailures',
    statistic: 'Sum',
    threshold: FORGED,
    description:
      "Requests come in the carrier's name that it has not signed, or what it signs with changed: ops phone status.",
  });
  if (dailyPhone === undefined) return;
  board.on('phone-held', {
    metric: 'phoneCallsHeldLong',
    statistic: 'Sum',
    threshold: HELD_LONG,
    description:
      'Callers listen to music for more than 6 s: tasks are short of processor, or Daily is slow. See heldMs in the saved query "telephone".',
  });
}
