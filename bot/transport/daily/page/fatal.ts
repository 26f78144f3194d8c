/** What daily-js may say of a meeting that cannot be, or be no more. Source: DailyFatalErrorType in its index.d.ts. */
const FATAL_TYPES = new Set([
  'ejected',
  'nbf-room',
  'nbf-token',
  'exp-room',
  'exp-token',
  'no-room',
  'meeting-full',
  'end-of-life',
  'not-allowed',
  'connection-error',
]);

/** The type of whatever daily-js threw or reported. Never its message, which may name the room. */
export function fatalType(thrown: unknown): string {
  if (typeof thrown === 'string') return 'load-failed';
  if (typeof thrown !== 'object' || thrown === null) return 'unknown';
  const { error, type } = thrown as { error?: { type?: unknown } | null; type?: unknown };
  const given = typeof error === 'object' && error !== null ? error.type : type;
  return typeof given === 'string' && FATAL_TYPES.has(given) ? given : 'unknown';
}
