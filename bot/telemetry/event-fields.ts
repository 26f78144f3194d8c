import type { EventEntry, FieldKind, GenAiEntry, MetricEntry, SpanEntry } from '../../contract/telemetry/entry';
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

/** @param more what GenAI's attributes of every span of the call are, and what this one says of what was said */
export function recordSpan(
  trace: CallTrace,
  span: SpanEntry,
  fields: Fields,
  logged: Fields,
  { call, content }: { readonly call?: SpanAttributes | undefined; readonly content?: SpanAttributes | undefined } = {},
): void {
  const told = (span.attributes ?? []).filter((field) => logged[field] !== undefined);
  const failed = span.failed !== undefined && hasFailed(span.failed, fields);
  const attributes: SpanAttributes = {
    ...(Object.fromEntries(told.map((field) => [field, logged[field]])) as SpanAttributes),
    ...(span.genAi === undefined ? {} : { ...call, ...genAiAttributes(span.genAi, fields), ...content }),
    ...(failed ? { 'error.type': String(fields[span.failed.field]) } : {}),
  };
  if (span.name === 'call') trace.end(attributes, failed);
  else trace.span(nameOf(span, fields), Number(fields[span.duration]), attributes, failed);
}

const nameOf = ({ name, genAi }: SpanEntry, fields: Fields): string =>
  genAi?.named === undefined ? name : `${genAi.operation} ${String(fields[genAi.named])}`;

function genAiAttributes({ operation, told = {} }: GenAiEntry, fields: Fields): SpanAttributes {
  const values = Object.entries(told).flatMap(([attribute, source]) => {
    const value = typeof source === 'string' ? fields[source] : valueOf(source, fields);
    return typeof value === 'string' || typeof value === 'number' ? [[attribute, value] as const] : [];
  });
  return { 'gen_ai.operation.name': operation, ...Object.fromEntries(values) };
}

function hasFailed(failed: NonNullable<SpanEntry['failed']>, fields: Fields): boolean {
  const value = String(fields[failed.field]);
  return 'oneOf' in failed ? failed.oneOf.includes(value) : !failed.noneOf.includes(value);
}
