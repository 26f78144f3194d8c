import { BotError } from '../errors';
import type { CloseReason } from '../transport/transport';
import type { WebRtcGateway } from '../transport/webrtc/gateway';
import type { IceCandidate, SdpAnswer, SdpOffer } from '../transport/webrtc/signalling';
import type { CallDeps } from './call-deps';
import type { Calls, CallsStatus, CallSummary, StartedCall, Starter } from './calls';
import { CallSlots } from './call-slots';

/** Calls over WebRTC: signalling, and which connection belongs to which call. */
export class WebRtcCalls implements Calls {
  readonly #gateway: WebRtcGateway;
  readonly #slots: CallSlots;
  /** Which call a peer connection belongs to. */
  readonly #callByPeer = new Map<string, string>();

  constructor(options: { gateway: WebRtcGateway; deps: CallDeps; maxCalls: number }) {
    this.#gateway = options.gateway;
    this.#slots = new CallSlots(options);
  }

  get status(): CallsStatus {
    return this.#slots.status;
  }

  async start({ caller }: Starter = {}): Promise<StartedCall> {
    return { sessionId: await this.#slots.reserve(caller) };
  }

  async offer(sessionId: string | undefined, offer: SdpOffer, { caller }: Starter = {}): Promise<SdpAnswer> {
    if (offer.pcId !== undefined && this.#callByPeer.has(offer.pcId))
      return this.#renegotiate(sessionId, offer.pcId, offer);
    const id = sessionId ?? (await this.#slots.reserve(caller));
    if (!this.#slots.isReserved(id)) throw unknownSession();
    try {
      const { answer, transport } = await this.#gateway.accept(offer);
      if (!this.#slots.isReserved(id)) {
        await transport.close('never-connected');
        throw unknownSession();
      }
      this.#callByPeer.set(answer.pc_id, id);
      this.#slots.begin(id, transport, () => this.#forgetPeersOf(id));
      return answer;
    } catch (error) {
      // A place that was taken for this offer alone is free again; one from /start waits for a better offer.
      if (sessionId === undefined) this.#slots.release(id);
      throw error;
    }
  }

  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void {
    this.#requirePeer(sessionId, pcId);
    this.#gateway.addCandidates(pcId, candidates);
  }

  list(): readonly CallSummary[] {
    return this.#slots.list();
  }

  get(id: string): CallSummary {
    return this.#slots.get(id);
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#slots.end(id, reason);
  }

  drain(limitMs: number): Promise<void> {
    return this.#slots.drain(limitMs);
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
