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

/** Where the time between the caller's last word and the answer's first sound went, in ms. */
export interface LatencyParts {
  /** Until the model noticed that the caller had finished. */
  readonly endpointingMs: number;
  /** Until its first sound came to the server. */
  readonly modelMs: number;
  /** Until the server had it on its way. */
  readonly playoutMs: number;
}

/** `{type:'latency', endOfSpeechToAudioMs}`. */
export function latencyMs(data: unknown): number | undefined {
  return numberOf(data, 'endOfSpeechToAudioMs');
}

/** The parts of a latency, where the server knows all of them. */
export function latencyParts(data: unknown): LatencyParts | undefined {
  const endpointingMs = numberOf(data, 'endpointingMs');
  const modelMs = numberOf(data, 'modelMs');
  const playoutMs = numberOf(data, 'playoutMs');
  if (endpointingMs === undefined || modelMs === undefined || playoutMs === undefined) return undefined;
  return { endpointingMs, modelMs, playoutMs };
}

/** `{type:'barge-in', voiceToSilenceMs}`. */
export function bargeInMs(data: unknown): number | undefined {
  return numberOf(data, 'voiceToSilenceMs');
}

/** RTVI's `error`: servers put the words under `error`, the client itself under `message`. */
export function errorText(data: unknown): { text: string | undefined; fatal: boolean } {
  return { text: textOf(data, 'error') ?? textOf(data, 'message'), fatal: fieldOf(data, 'fatal') === true };
}

function numberOf(data: unknown, key: string): number | undefined {
  const value = fieldOf(data, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What is at `key` of an object; undefined of anything else. */
export function fieldOf(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
}
