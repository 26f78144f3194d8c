import type { RtviMessage } from '../../bot/rtvi/messages';
import type { Line } from '../run';

/** A line whose messages are kept as whoever judges it gets them. */
export function notedLine(line: Line, messages: RtviMessage[]): Line {
  return {
    ...line,
    onMessage: (listener) =>
      line.onMessage((message, atMs) => {
        messages.push(message);
        listener(message, atMs);
      }),
  };
}
