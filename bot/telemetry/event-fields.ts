import type { EventEntry, FieldKind, MetricEntry, SpanEntry } from '../../contract/telemetry/entry';
import type { CallTrace, SpanAttributes } from './tracing';

/** The fields of an event as they were recorded. */
export type Fields = Readonly<Record<string, unknown>>;

/** The catalogue's fields of an event, and its error, as log lines and spans have them; durations rounded. */
export function loggedFields({ fields: kinds, optional = {} }: EventEntry, fields: Fields): Fields {
  const logged: Record<string, unknown> = 'err' in fields ? { err: fields['err'] } : {};
  for (const [field, kind] of Object.entries({ ...kinds, ...optional })) logged[field] = rounded(fields[field], kind);
  return logged;
}

function rounded(value: unknown, kind: FieldKind): unknown {
  if (typeof value !== 'number') return value;
  if (kind === 'ms') return Math.round(value);
  return kind === 'fineMs' ? Math.round(value * 10) / 10 : value;
}

/** What an event adds to a metric; undefined where a field that it takes is not known. */
export function valueOf(source: MetricEntry['value'], fields: Fields): number | undefined {
  if (source === undefined) return 1;
  const values = (typeof source === 'string' ? [source] : source).map((field) => fields[field]);
  return values.every((value) => typeof value === 'number') ? values.reduce((sum, value) => sum + value, 0) : undefined;
}

export function recordSpan(trace: CallTrace, span: SpanEntry, fields: Fields, logged: Fields): void {
  const told = (span.attributes ?? []).filter((field) => logged[field] !== undefined);
  const attributes = Object.fromEntries(told.map((field) => [field, logged[field]])) as SpanAttributes;
  const failed = span.failed !== undefined && hasFailed(span.failed, fields);
  if (span.name === 'call') trace.end(attributes, failed);
  else trace.span(span.name, Number(fields[span.duration]), attributes, failed);
}

function hasFailed(failed: NonNullable<SpanEntry['failed']>, fields: Fields): boolean {
  const value = String(fields[failed.field]);
  return 'oneOf' in failed ? failed.oneOf.includes(value) : !failed.noneOf.includes(value);
}
