import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { BotError, type ErrorCode } from '../errors';
import type { Logger } from '../telemetry';
import { requestIdOf, routeOf } from './request-context';

/** The body of every error (RFC 9457). `detail` is always a string: the Pipecat client shows it as it is. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemOf(error: BotError, requestId: string, status: number = error.status): Problem {
  const detail =
    error.code === 'internal' ? 'An unexpected error; the log has more under this request id.' : error.message;
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code: error.code, detail, requestId };
}

/** Answers with an error where there is no app yet. */
export function answerWith(res: ServerResponse, error: BotError): void {
  const body = JSON.stringify(problemOf(error, randomUUID()));
  const headers = {
    'Content-Type': `${PROBLEM_TYPE}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  };
  res.writeHead(error.status, headers).end(body);
}

/** Answers with an error; `status` where the route wants another than the catalogue's. */
export function sendProblem(res: Response, error: BotError, status: number = error.status): void {
  if (res.headersSent) {
    res.destroy(); // Half an answer cannot be taken back, but it can be seen to be broken off.
    return;
  }
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
  if (error.code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer');
  res.set('Cache-Control', 'no-store').status(status).type(PROBLEM_TYPE);
  res.send(JSON.stringify(problemOf(error, requestIdOf(res), status)));
}

/** The last step of the app: whatever was thrown anywhere becomes a problem, and is logged if it is our fault. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  // oxlint-disable-next-line typescript/no-unused-vars -- Express knows an error handler by its four parameters.
  return (thrown: unknown, _req, res, _next) => {
    const error = thrown instanceof BotError ? thrown : fromFramework(thrown);
    if (error.status >= 500 && !error.retryable) {
      logger.error({ requestId: requestIdOf(res), route: routeOf(res), err: error }, 'request failed');
    }
    sendProblem(res, error);
  };
}

/** What express, its body parser and its file server throw: errors with `status`, and `type` for the parser's. */
interface FrameworkError {
  readonly status?: unknown;
  readonly type?: unknown;
}

/** The parser's messages quote the body, so none of them is passed on. */
function fromFramework(thrown: unknown): BotError {
  const { status, type }: FrameworkError = typeof thrown === 'object' && thrown !== null ? thrown : {};
  if (type === 'entity.parse.failed') return new BotError('bad_request', 'The body is not a JSON object.');
  switch (status) {
    case 400:
      return new BotError('bad_request', 'The request is malformed.');
    case 403: // The file server's word for paths it does not like.
    case 404:
      return new BotError('not_found', 'There is nothing here.');
    case 413:
      return new BotError('payload_too_large', 'The body is too large.');
    case 415:
      return new BotError('unsupported_media_type', 'The body must be plain JSON in UTF-8, not compressed.');
    default:
      return typeof status === 'number' && status > 400 && status < 500
        ? new BotError('bad_request', 'The request cannot be served as it is.')
        : BotError.from(thrown);
  }
}
