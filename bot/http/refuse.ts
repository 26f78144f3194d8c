import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BotError } from '../errors';
import { PROBLEM_TYPE, problemOf } from './problem';

/** Answers with a problem where there is a socket and no response, and ends the connection. */
export function refuse(socket: Duplex, error: BotError, status = error.status): void {
  const body = JSON.stringify(problemOf(error, randomUUID(), status));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
