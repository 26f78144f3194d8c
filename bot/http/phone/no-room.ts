import type { BotError, ErrorCode } from '../../errors';

/**
 * Refusals because this task has no place. They are no 5xx: a load balancer counts these as faults of the service, and alarms
 * on them would take a release back whose old tasks only step aside.
 */
const NO_ROOM: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['at_capacity', 'draining', 'day_quota_reached']);

/** Whether this task has no room, and another may. */
export const isNoRoom = (code: ErrorCode): boolean => code === 'at_capacity' || code === 'draining';

/** The status by which a carrier is told why a call is not taken. */
export function statusOfRefusal({ code, status }: BotError): number {
  return NO_ROOM.has(code) ? 429 : status;
}
