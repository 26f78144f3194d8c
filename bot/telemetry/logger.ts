import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { errorFields } from './error-fields';

/** Logs JSON lines; `child({ callId })` or `child({ requestId })` marks all lines of one call or request. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly version: string;
  /** Where lines go; standard output unless told. */
  readonly destination?: DestinationStream;
}

/**
 * Keys whose values never belong in a log, wherever they sit up to three levels deep. The first net is that nobody
 * logs them: messages are constant and fields chosen one by one. This is the second.
 */
const CONFIDENTIAL_KEYS = [
  'authorization',
  'cookie',
  'apiKey',
  'startApiKey',
  'serverApiKey',
  'adminApiKey',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'credential',
  'credentials',
  'password',
  'secret',
  'token',
  'dailyToken',
  'headers',
  'body',
  'sdp',
  'candidate',
  'text',
  'transcript',
  'content',
  'systemPrompt',
  'greetingPrompt',
  'variables',
];
const QUOTED_KEYS = ['["x-api-key"]', '["set-cookie"]'];

function redactedPaths(): string[] {
  const plain = CONFIDENTIAL_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  const quoted = QUOTED_KEYS.flatMap((key) => [key, `*${key}`, `*.*${key}`]);
  return [...plain, ...quoted];
}

/**
 * A logger of JSON lines with ISO times. Errors go under `err`: `logger.error({ err }, 'constant message')` logs code,
 * message and the causes' names; messages of foreign errors only at debug and below.
 */
export function createLogger({ level, version, destination }: LoggerOptions): Logger {
  const withForeignMessages = level === 'debug' || level === 'trace';
  const options: pino.LoggerOptions = {
    level,
    base: { version },
    errorKey: 'err',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFields(error, withForeignMessages) },
    hooks: {
      // Without a message of ours, pino would make the error's own the line's.
      logMethod([first, ...rest], method) {
        if (rest.length > 0 || typeof first === 'string') method.apply(this, [first, ...rest]);
        else method.call(this, first instanceof Error ? { err: first } : first, 'no message given');
      },
    },
    redact: { paths: redactedPaths(), censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
