import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { DailyFaults } from './faults';
import type { Room } from './room';
import type { Rooms } from './rooms';
import type { FatalType, Person, ToClient, ToServer } from './signals';
import type { Telephone } from './telephone/telephone';
import { readToken } from './tokens';

const REASONS: Readonly<Record<FatalType, string>> = {
  ejected: 'Ejected from the meeting',
  'nbf-room': 'The room is not open yet',
  'nbf-token': 'The meeting token is not valid yet',
  'exp-room': 'Meeting has ended: the room expired',
  'exp-token': 'Meeting has ended: the meeting token expired',
  'no-room': 'The meeting you are trying to join does not exist.',
  'meeting-full': 'Meeting is full',
  'end-of-life': 'This version of the client is no longer supported',
  'not-allowed': 'You are not allowed to join this meeting',
  'connection-error': 'The connection to the meeting server was lost.',
};

/** Daily waits for a lost client to come back, for many seconds; so does the sandbox, for the shortest time that shows. */
const LOSS_NOTICED_AFTER_MS = 1_000;

interface SignallingOptions {
  readonly rooms: Rooms;
  readonly key: string;
  readonly faults: DailyFaults;
  readonly telephone: Telephone;
}

/** One client's connection to a room. */
export function serveClient(socket: WebSocket, options: SignallingOptions): void {
  const client = new Client(socket, options);
  socket.on('message', (data: Buffer) => client.receive(JSON.parse(data.toString()) as ToServer));
  socket.on('close', () => client.lost());
  socket.on('error', () => undefined); // a close follows
}

class Client {
  readonly #socket: WebSocket;
  readonly #options: SignallingOptions;
  #room: Room | undefined;
  #sessionId = '';

  constructor(socket: WebSocket, options: SignallingOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  receive(message: ToServer): void {
    if (message.kind === 'join') {
      this.#join(message);
      return;
    }
    const room = this.#room;
    if (room === undefined) return;
    switch (message.kind) {
      case 'signal':
        room.pass(this.#sessionId, message.to, { kind: 'signal', from: this.#sessionId, signal: message.signal });
        return;
      case 'app':
        room.pass(this.#sessionId, message.to, { kind: 'app', from: this.#sessionId, data: message.data });
        return;
      case 'audio':
        room.setAudio(this.#sessionId, message.on);
        return;
      case 'transfer': {
        const { id, sessionId, toEndPoint } = message;
        const by = room.member(this.#sessionId)?.person;
        if (by === undefined) return;
        const error = this.#options.telephone.transfer(room, by, sessionId, toEndPoint);
        this.#send({ kind: 'answer', id, fields: error === undefined ? {} : { error } });
        return;
      }
      case 'dial-out': {
        const by = room.member(this.#sessionId)?.person;
        if (by === undefined) return;
        const fields = this.#options.telephone.dial(room, by, message.options);
        this.#send({ kind: 'answer', id: message.id, fields });
        return;
      }
      case 'leave':
        this.gone();
    }
  }

  /** The connection broke without a goodbye, which others learn later: see `LOSS_NOTICED_AFTER_MS`. */
  lost(): void {
    if (this.#room === undefined) return;
    setTimeout(() => this.gone(), LOSS_NOTICED_AFTER_MS).unref();
  }

  gone(): void {
    this.#room?.leave(this.#sessionId);
    this.#room = undefined;
  }

  #join({ room: name, token: shown, userName }: Extract<ToServer, { kind: 'join' }>): void {
    const { rooms, key, faults } = this.#options;
    if (faults.joinHangs) return;
    const room = rooms.find(name);
    const token = shown === undefined ? undefined : readToken(shown, key);
    const isForged = shown !== undefined && token === undefined;
    const refusal = faults.joinRefusal ?? (isForged ? 'not-allowed' : (room?.refusal(token) ?? undefined));
    if (room === undefined || refusal !== undefined) {
      const type = refusal ?? 'no-room';
      this.#send({ kind: 'refused', type, message: REASONS[type] });
      return;
    }
    this.#sessionId = randomUUID();
    this.#room = room;
    const person: Person = {
      sessionId: this.#sessionId,
      userId: token?.user_id ?? this.#sessionId,
      userName: token?.user_name ?? userName,
      owner: token?.is_owner === true,
      joinedAtMs: Date.now(),
      audio: true,
    };
    room.join({ person, send: (news) => this.#send(news), cut: () => this.#socket.terminate() });
  }

  #send(message: ToClient): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
