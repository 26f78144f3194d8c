import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Hands a request for a WebSocket on to `target`, and whatever comes of it back. */
export function forwardUpgrade(
  target: string,
  { method = 'GET', url: path = '/', headers }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const onward = request(`${target}${path}`, { method, headers });
  const end = (): void => void socket.destroy();
  socket.on('error', () => onward.destroy());
  onward.on('error', end);
  onward.on('upgrade', (answer, other, otherHead) => {
    socket.write(headOf(answer));
    if (otherHead.length > 0) socket.write(otherHead);
    if (head.length > 0) other.write(head);
    // Either end takes the other with it, as a load balancer's do.
    other.on('error', end).on('close', end);
    socket.on('close', () => other.destroy());
    other.pipe(socket).pipe(other);
  });
  onward.on('response', (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  onward.end();
}

function headOf({ statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : []));
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`;
}
