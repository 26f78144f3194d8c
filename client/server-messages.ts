/* Reads the server's messages that are not RTVI's own; every field is validated. */

/** The non-empty string at `key`, if any. (`{type:'notice', text:''}` withdraws a notice.) */
export function textOf(data: unknown, key: string): string | undefined {
  const value = fieldOf(data, key);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** `{type:'call-ending', reason, text}`: why the call is about to end. */
export function callEnding(data: unknown): { reason: string | undefined; text: string | undefined } {
  return { reason: textOf(data, 'reason'), text: textOf(data, 'text') };
}

/** `{type:'latency', endOfSpeechToAudioMs}`. */
export function latencyMs(data: unknown): number | undefined {
  const value = fieldOf(data, 'endOfSpeechToAudioMs');
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** RTVI's `error`: servers put the words under `error`, the client itself under `message`. */
export function errorText(data: unknown): { text: string | undefined; fatal: boolean } {
  return { text: textOf(data, 'error') ?? textOf(data, 'message'), fatal: fieldOf(data, 'fatal') === true };
}

/** What is at `key` of an object; undefined of anything else. */
export function fieldOf(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
}
