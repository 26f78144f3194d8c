import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { MediaPath } from '../../smoke/caller';

interface Ends {
  readonly bot: Socket;
  readonly caller: Socket;
  whole: boolean;
}

type Candidates = Parameters<MediaPath['toBot']>[0];

const ADDRESS = '127.0.0.1';

/**
 * A network on loopback between a caller and the bot that can be cut and mended, and then carries nothing or all, as a lift
 * does to a telephone. Each connection has two sockets of its own; `close()` frees them.
 */
export class SeverableNetwork implements MediaPath {
  readonly #sockets = new Set<Socket>();
  #ends: Ends | undefined;

  /** Nothing passes on the present connection from here on; the next has a way of its own. */
  cut(): void {
    if (this.#ends !== undefined) this.#ends.whole = false;
  }

  mend(): void {
    if (this.#ends !== undefined) this.#ends.whole = true;
  }

  async toCaller(answer: string): Promise<string> {
    const port = /^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host/im.exec(answer)?.[1];
    if (port === undefined) throw new Error('the answer has no candidate on 127.0.0.1');
    const ends = { bot: await this.#socket(), caller: await this.#socket(), whole: true };
    this.#ends = ends;
    let callerPort: number | undefined;
    ends.caller.on('message', (packet, from) => {
      callerPort = from.port;
      if (ends.whole) ends.bot.send(packet, Number(port), ADDRESS);
    });
    ends.bot.on('message', (packet) => {
      if (ends.whole && callerPort !== undefined) ends.caller.send(packet, callerPort, ADDRESS);
    });
    return answer.replace(`${ADDRESS} ${port} typ host`, `${ADDRESS} ${ends.caller.address().port} typ host`);
  }

  /** The caller's checks come from our side of the network, and so the bot is told of that alone. */
  toBot(candidates: Candidates): Promise<Candidates> {
    const ends = this.#ends;
    if (ends === undefined) return Promise.reject(new Error('candidates come after the answer'));
    const moved = candidates.slice(0, 1).map(({ candidate, mid }) => ({
      mid,
      candidate: candidate.replace(/127\.0\.0\.1 \d+/, `${ADDRESS} ${ends.bot.address().port}`),
    }));
    return Promise.resolve(moved);
  }

  /** Idempotent. */
  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  async #socket(): Promise<Socket> {
    const socket = createSocket('udp4');
    this.#sockets.add(socket);
    // A port that has just been closed answers with ICMP; that is the cut network, too.
    socket.on('error', () => undefined);
    socket.bind(0, ADDRESS);
    await once(socket, 'listening');
    return socket;
  }
}
