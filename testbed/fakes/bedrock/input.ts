/** An input event taken out of its envelope: the one key under `event`, and what it holds. */
export interface InputEvent {
  readonly name: string;
  readonly body: unknown;
}

export type ParsedInput =
  { readonly ok: true; readonly event: InputEvent } | { readonly ok: false; readonly message: string };

/** The service's text for input it cannot read; what comes after it is the sandbox's. */
export const UNPARSABLE = 'Unable to parse input chunk. Please check input format contains correct values.';

/** Reads the payload of a `chunk` message, `{"bytes":"<base64 of {"event":{…}}>"}`. */
export function parseChunk(payload: Buffer): ParsedInput {
  const outer = parseObject(payload.toString('utf8'));
  if (outer === undefined || typeof outer['bytes'] !== 'string') return unparsable('The payload has no bytes');
  const bytes = decodeBase64(outer['bytes']);
  if (bytes === undefined) return unparsable('bytes is not base64');
  const inner = parseObject(bytes.toString('utf8'));
  if (inner === undefined) return unparsable('bytes is not a JSON object');
  const event = inner['event'];
  if (!isObject(event) || Object.keys(inner).length !== 1) return unparsable('Expected the single key event');
  const names = Object.keys(event);
  const [name] = names;
  if (name === undefined || names.length !== 1) return unparsable('event must hold exactly one key');
  return { ok: true, event: { name, body: event[name] } };
}

/** Strict base64: right alphabet, right padding. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

function unparsable(why: string): ParsedInput {
  return { ok: false, message: `${UNPARSABLE} ${why}.` };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
