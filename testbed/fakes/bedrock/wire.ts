import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ServiceException } from './exceptions';
import { errorFrame, exceptionFrame } from './output';
import { respondWithStream } from './request-auth';

/** The response half of one stream, and the ways in which it can be cut off. */
export class ResponseWire {
  readonly #stream: ServerHttp2Stream;
  readonly #socket: Socket;
  readonly #epochMs: () => number;
  /** Dropped instead of sent: a service that has gone silent. */
  muted = false;
  /** Each frame is held back for so long. */
  delayMs = 0;
  #held: { readonly dueMs: number; readonly frame: Buffer }[] = [];

  constructor(stream: ServerHttp2Stream, socket: Socket, epochMs: () => number) {
    this.#epochMs = epochMs;
    this.#stream = stream;
    this.#socket = socket;
  }

  /** Sends the response headers, unless they have been. */
  respond(): void {
    if (!this.#stream.headersSent && !this.#stream.destroyed) respondWithStream(this.#stream, this.#epochMs());
  }

  get open(): boolean {
    return !this.#stream.destroyed && !this.#stream.writableEnded;
  }

  write(frame: Buffer, nowMs: number): void {
    if (this.muted || !this.open) return;
    this.respond();
    if (this.delayMs > 0 || this.#held.length > 0) this.#held.push({ dueMs: nowMs + this.delayMs, frame });
    else this.#stream.write(frame);
  }

  /** Sends what has been held back long enough. */
  flush(nowMs: number): void {
    while (this.#held[0] !== undefined && this.#held[0].dueMs <= nowMs) {
      const held = this.#held.shift();
      if (held !== undefined && this.open) this.#stream.write(held.frame);
    }
  }

  /** Writes everything that `work` writes as one. */
  batch(work: () => void): void {
    this.#stream.cork();
    try {
      work();
    } finally {
      this.#stream.uncork();
    }
  }

  /** Refuses the stream, as the service does: the exception, the end, and NO_ERROR for what the client still sends. */
  refuse(exception: ServiceException): void {
    this.#end(exceptionFrame(exception));
  }

  error(code: string, message: string): void {
    this.#end(errorFrame(code, message));
  }

  /** A message with a checksum that is wrong. */
  badChecksum(frame: Buffer): void {
    const broken = Buffer.from(frame);
    broken.writeUInt32BE((broken.readUInt32BE(broken.length - 4) ^ 1) >>> 0, broken.length - 4);
    if (this.open) this.#stream.write(broken);
  }

  /** A clean end of the response; what the client still sends is read. */
  finish(): void {
    this.respond();
    if (this.open) this.#stream.end();
  }

  reset(code: number = constants.NGHTTP2_INTERNAL_ERROR): void {
    this.#stream.close(code);
  }

  goaway(code: number): void {
    this.#stream.session?.goaway(code);
  }

  stopReading(): void {
    this.#stream.pause();
  }

  tcpFin(): void {
    this.#socket.end();
  }

  tcpReset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Node has no public way to stop reading a socket that HTTP/2 has taken over; its handle still has. */
  tcpStall(): void {
    (this.#socket as { _handle?: { readStop?: () => void } })._handle?.readStop?.();
  }

  #end(frame: Buffer): void {
    if (!this.open) return;
    this.respond();
    this.#stream.end(frame, () => {
      if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }
}
