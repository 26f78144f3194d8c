import { EVENTS, type EventName, type GivenField, type OptionalField } from '../../contract/telemetry';
import type { Logger } from './logger';

/** What a line of this event says: all of its fields, and those of the optional ones that there are. */
export type EventFields<E extends EventName> = Readonly<Record<GivenField<E>, unknown>> &
  Readonly<Partial<Record<OptionalField<E>, unknown>>> & {
    /** The error behind it. */
    readonly err?: unknown;
  };

/** Logs an event of the catalogue: the only way to say what alarms, queries and metrics read. */
export function logEvent<E extends EventName>(
  logger: Logger,
  event: E,
  fields: EventFields<E>,
  level: 'debug' | 'info' | 'warn' | 'error' = 'info',
): void {
  const line: object = fields;
  const { message }: { message: string } = EVENTS[event];
  logger[level](line, message);
}
