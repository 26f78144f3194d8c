import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { BotError } from '../../errors';
import type { PhoneService, Place } from '../../phone';
import type { Telemetry } from '../../telemetry';
import type { Clock, Ticker } from '../../time';
import { TWILIO_PATHS, TwilioTransport } from '../../transport/twilio';
import { refuse } from '../refuse';
import { statusOfRefusal } from './no-room';
import type { SignedRequests } from './signed-requests';

/** A message of Twilio's has 160 bytes of audio; `start` has up to 500 characters a parameter. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const ROUTE = `${TWILIO_PATHS.media}:token`;

interface MediaUpgradesOptions {
  readonly phone: PhoneService;
  readonly signed: SignedRequests;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly ticker: Ticker;
}

/** Calls' streams coming in: a request that becomes a WebSocket once it is signed, offered, and has its place. */
export class MediaUpgrades {
  readonly #options: MediaUpgradesOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    clientTracking: true,
  });

  constructor(options: MediaUpgradesOptions) {
    this.#options = options;
  }

  /** @returns whether the request was for a stream, and is seen to */
  handle(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = req.url ?? '';
    if (!path.startsWith(TWILIO_PATHS.media)) return false;
    void this.#take(req, socket, head, path);
    return true;
  }

  /** Streams that are left; those of calls have closed with them. Idempotent. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async #take(req: IncomingMessage, socket: Duplex, head: Buffer, path: string): Promise<void> {
    const { phone, signed, clock } = this.#options;
    const startedMs = clock.nowMs();
    let place: Place | undefined;
    try {
      signed.check('upgrade', req.headers, phone.addresses.ofStream(path), []);
      place = await phone.desk.takeUp(path.slice(TWILIO_PATHS.media.length).replace(/\/$/, ''));
      const status = this.#upgrade(req, socket, head, place) ? 101 : 400;
      if (status === 400) place.release();
      this.#answered(status, startedMs);
    } catch (error) {
      place?.release();
      const refusal = BotError.from(error);
      if (refusal.code === 'internal') this.#options.telemetry.logger.error({ err: refusal }, 'a stream was not taken');
      const status = statusOfRefusal(refusal);
      this.#answered(status, startedMs);
      refuse(socket, refusal, status);
    }
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, place: Place): boolean {
    let isTaken = false;
    // Calls back at once, or answers what is no good handshake by itself.
    this.#sockets.handleUpgrade(req, socket, head, (webSocket) => {
      isTaken = true;
      this.#begin(webSocket, place);
    });
    return isTaken;
  }

  #begin(socket: WebSocket, place: Place): void {
    const { phone, telemetry, clock, ticker } = this.#options;
    const { offer, callId } = place;
    const { callSid, accountSid, direction, attempt } = offer;
    telemetry.record('phoneCallTaken', { callId, callSid, direction, attempt });
    const transport = new TwilioTransport({
      socket,
      callSid,
      accountSid,
      clock,
      ticker,
      line: phone.lineOf(place),
      ...(direction === 'out'
        ? { untilAnswered: phone.untilAnswered(callSid), reachedMachine: phone.reachedMachine(callSid) }
        : {}),
      opening: phone.openingOf,
    });
    place.begin(transport);
  }

  #answered(status: number, startedMs: number): void {
    const { telemetry, clock } = this.#options;
    const fields = { requestId: randomUUID(), method: 'GET', route: ROUTE, status };
    telemetry.record('httpRequest', { ...fields, durationMs: clock.nowMs() - startedMs });
  }
}
