/** What a log line says of an error. */
export interface ErrorFields {
  readonly name: string;
  readonly code: string | undefined;
  /** Only of errors whose messages are known to be fit for a log. */
  readonly message: string | undefined;
  /** The errors beneath it, outermost first, as `Name` or `Name(CODE)`. */
  readonly causes: readonly string[];
  /** Where it was thrown, innermost first: file and line, no message. Only of errors that nobody planned. */
  readonly at: readonly string[] | undefined;
}

const MAX_CAUSES = 5;
const MAX_FRAMES = 12;

/**
 * Turns anything thrown into fields for a log. Messages of errors that this runtime did not write are left out unless
 * `withForeignMessages`: a JSON parser's quotes what the caller sent, an SDK's may quote a header.
 */
export function errorFields(error: unknown, withForeignMessages: boolean): ErrorFields {
  const planned = isPlanned(error);
  const message = error instanceof Error && (planned || withForeignMessages) ? error.message : undefined;
  return {
    name: nameOf(error),
    code: codeOf(error),
    message,
    causes: causesOf(error),
    at: planned ? undefined : framesOf(error),
  };
}

/** Ours, by name: this room is below bot/errors.ts's users and needs no more of it. `internal` is what nobody planned. */
function isPlanned(error: unknown): boolean {
  return error instanceof Error && error.name === 'BotError' && codeOf(error) !== 'internal';
}

/** An identifier; anything else that calls itself a name or a code could be a sentence. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.$-]{1,80}$/.test(value) ? value : undefined;
}

function nameOf(error: unknown): string {
  if (error instanceof Error) return identifier(error.name) ?? 'Error';
  return `thrown ${typeof error}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? identifier(error.code) : undefined;
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES) {
    const code = codeOf(cause);
    causes.push(code === undefined ? nameOf(cause) : `${nameOf(cause)}(${code})`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** The frames of the innermost error's stack: lines that begin with "at", so that no part of a message slips in. */
function framesOf(error: unknown): string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  let innermost: Error = error;
  for (let depth = 0; depth < MAX_CAUSES && innermost.cause instanceof Error; depth += 1) innermost = innermost.cause;
  const { stack = '', message } = innermost;
  const head = stack.indexOf(message);
  const frames = head < 0 ? stack : stack.slice(head + message.length);
  return frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .+:\d+:\d+\)?$/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.slice(3));
}
