import type { ToClient, ToServer } from '../signals';

export interface RoomSocketEvents {
  onOpen(): void;
  onMessage(news: ToClient): void;
  /** The server went away; not called after `close()`. */
  onClosed(): void;
}

/** The way to the room, on the host that the room's address names. */
export class RoomSocket {
  readonly #socket: WebSocket;
  #closed = false;

  constructor(room: URL, events: RoomSocketEvents) {
    this.#socket = new WebSocket(`ws://${room.host}/signal`);
    this.#socket.onopen = () => events.onOpen();
    this.#socket.onmessage = ({ data }) => events.onMessage(JSON.parse(String(data)) as ToClient);
    this.#socket.onclose = () => {
      if (!this.#closed) events.onClosed();
    };
  }

  send(message: ToServer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.send({ kind: 'leave' });
    this.#socket.close();
  }
}
