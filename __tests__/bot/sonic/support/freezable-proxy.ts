import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network that can die without a word: connections of before a freeze stay open and carry nothing any more. */
export class FreezableProxy {
  readonly #server: Server = createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  #targetPort = 0;

  /** Listens on a free port; gives the URL to use in place of `targetUrl`. */
  async listen(targetUrl: string): Promise<string> {
    this.#targetPort = Number(new URL(targetUrl).port);
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  freeze(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** Ends what was frozen. */
  thaw(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.thaw();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket): void {
    const far = connect(this.#targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!socket.isPaused()) other.destroy();
      });
      socket.pipe(other);
    }
  }
}
