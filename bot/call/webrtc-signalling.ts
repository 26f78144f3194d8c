import { BotError } from '../errors';
import type { Clock } from '../time';
import type { IceCandidate, SdpAnswer, SdpOffer, WebRtcGateway } from '../transport/webrtc';
import { peerBehind } from '../transport/webrtc';
import type { CallManager } from './call-manager';
import type { Signalling } from './calls';
import { SignallingLimits } from './signalling-limits';

/** A client that lost the answer to its first offer sends it again; Pipecat's within 8 s. */
const SAME_ANSWER_MS = 30_000;

/** A first offer that is being answered, or was a moment ago. */
interface FirstOffer {
  readonly answer: Promise<SdpAnswer>;
  readonly untilMs: number;
}

/** Connects WebRTC clients to their calls: which peer connection belongs to which call. */
export class WebRtcSignalling implements Signalling {
  readonly #gateway: WebRtcGateway;
  readonly #calls: CallManager;
  readonly #clock: Clock;
  /** The session under which each connection was made, if under one: only there is it spoken of again. */
  readonly #sessionByPeer = new Map<string, string | undefined>();
  readonly #limits: SignallingLimits;
  readonly #firstOffers = new Map<string, FirstOffer>();

  constructor(gateway: WebRtcGateway, calls: CallManager, clock: Clock) {
    this.#gateway = gateway;
    this.#calls = calls;
    this.#clock = clock;
    this.#limits = new SignallingLimits(clock);
  }

  async offer(sessionId: string | undefined, offer: SdpOffer, caller?: string): Promise<SdpAnswer> {
    const spender = sessionId ?? offer.pcId;
    if (spender !== undefined) this.#limits.take(spender, 'offer');
    if (offer.pcId !== undefined && this.#sessionByPeer.has(offer.pcId)) {
      this.#requirePeer(sessionId, offer.pcId);
      return this.#gateway.renegotiate(offer);
    }
    const key = `${sessionId ?? ''} ${peerBehind(offer.sdp)}`;
    const former = this.#firstOffers.get(key);
    if (former !== undefined && this.#clock.nowMs() < former.untilMs) {
      const { pc_id: pcId } = await former.answer;
      return this.#gateway.renegotiate({ sdp: offer.sdp, type: 'offer', pcId });
    }
    const answer = this.#beginCall(sessionId, offer, caller, key);
    this.#firstOffers.set(key, { answer, untilMs: this.#clock.nowMs() + SAME_ANSWER_MS });
    try {
      return await answer;
    } catch (error) {
      this.#firstOffers.delete(key);
      throw error;
    }
  }

  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void {
    this.#requirePeer(sessionId, pcId);
    this.#limits.take(sessionId ?? pcId, 'candidates');
    this.#gateway.addCandidates(pcId, candidates);
  }

  /** @param key of its first offer, which is remembered as long as the call lives */
  async #beginCall(
    sessionId: string | undefined,
    offer: SdpOffer,
    caller: string | undefined,
    key: string,
  ): Promise<SdpAnswer> {
    const id = sessionId ?? (await this.#calls.reserve(caller));
    if (!this.#calls.isReserved(id)) throw unknownSession();
    try {
      const { answer, transport } = await this.#gateway.accept(offer);
      if (!this.#calls.isReserved(id)) {
        await transport.close('never-connected');
        throw unknownSession();
      }
      const pcId = answer.pc_id;
      this.#sessionByPeer.set(pcId, sessionId);
      this.#calls.begin(id, transport, () => {
        this.#sessionByPeer.delete(pcId);
        this.#firstOffers.delete(key);
      });
      return answer;
    } catch (error) {
      // A slot that was reserved for this offer alone is free again; one from /start waits for a better offer.
      if (sessionId === undefined) this.#calls.release(id);
      throw error;
    }
  }

  /** The same answer for a call of others as for none: nobody learns by it which connections there are. */
  #requirePeer(sessionId: string | undefined, pcId: string): void {
    if (!this.#sessionByPeer.has(pcId) || this.#sessionByPeer.get(pcId) !== sessionId) {
      throw new BotError('peer_unknown', 'Peer connection not found');
    }
  }
}

function unknownSession(): BotError {
  return new BotError('session_unknown', 'Invalid or not-yet-ready session_id');
}
