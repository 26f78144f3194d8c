import { BotError } from '../errors';
import type { IceCandidate, SdpAnswer, SdpOffer, WebRtcGateway } from '../transport/webrtc';
import type { CallManager } from './call-manager';
import type { Signalling } from './calls';

/** Connects WebRTC clients to their calls: which peer connection belongs to which call. */
export class WebRtcSignalling implements Signalling {
  readonly #gateway: WebRtcGateway;
  readonly #calls: CallManager;
  readonly #callByPeer = new Map<string, string>();

  constructor(gateway: WebRtcGateway, calls: CallManager) {
    this.#gateway = gateway;
    this.#calls = calls;
  }

  async offer(sessionId: string | undefined, offer: SdpOffer, caller?: string): Promise<SdpAnswer> {
    if (offer.pcId !== undefined && this.#callByPeer.has(offer.pcId))
      return this.#renegotiate(sessionId, offer.pcId, offer);
    const id = sessionId ?? (await this.#calls.reserve(caller));
    if (!this.#calls.isReserved(id)) throw unknownSession();
    try {
      const { answer, transport } = await this.#gateway.accept(offer);
      if (!this.#calls.isReserved(id)) {
        await transport.close('never-connected');
        throw unknownSession();
      }
      this.#callByPeer.set(answer.pc_id, id);
      this.#calls.begin(id, transport, () => this.#forgetPeersOf(id));
      return answer;
    } catch (error) {
      // A slot that was reserved for this offer alone is free again; one from /start waits for a better offer.
      if (sessionId === undefined) this.#calls.release(id);
      throw error;
    }
  }

  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void {
    this.#requirePeer(sessionId, pcId);
    this.#gateway.addCandidates(pcId, candidates);
  }

  async #renegotiate(sessionId: string | undefined, pcId: string, offer: SdpOffer): Promise<SdpAnswer> {
    const callId = this.#requirePeer(sessionId, pcId);
    const answer = await this.#gateway.renegotiate(offer);
    this.#callByPeer.set(answer.pc_id, callId);
    return answer;
  }

  #requirePeer(sessionId: string | undefined, pcId: string): string {
    const callId = this.#callByPeer.get(pcId);
    if (callId === undefined || (sessionId !== undefined && sessionId !== callId)) {
      throw new BotError('peer_unknown', 'Peer connection not found');
    }
    return callId;
  }

  #forgetPeersOf(id: string): void {
    for (const [pcId, callId] of this.#callByPeer) if (callId === id) this.#callByPeer.delete(pcId);
  }
}

function unknownSession(): BotError {
  return new BotError('session_unknown', 'Invalid or not-yet-ready session_id');
}
