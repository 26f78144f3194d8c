import { randomUUID } from 'node:crypto';
import { BotError } from '../errors';
import type { Timer } from '../time/clock';
import type { CloseReason } from '../transport/transport';
import type { WebRtcGateway } from '../transport/webrtc/gateway';
import type { IceCandidate, SdpAnswer, SdpOffer } from '../transport/webrtc/signalling';
import { Call } from './call';
import type { CallDeps } from './call-deps';
import { CallRegistry } from './call-registry';
import type { CallService, CallServiceStatus, CallSummary } from './call-service';

/** A goodbye, and the closing of model and transport: after the drain limit a call has this long to end by itself. */
const GOODBYE_WITHIN_MS = 25_000;

/** Calls over WebRTC: places, signalling and the end of them all. */
export class WebRtcCallService implements CallService {
  readonly #gateway: WebRtcGateway;
  readonly #deps: CallDeps;
  readonly #registry: CallRegistry;
  /** Which call a peer connection belongs to. */
  readonly #callByPeer = new Map<string, string>();
  #drained: Promise<void> | undefined;

  constructor(options: { gateway: WebRtcGateway; deps: CallDeps; maxCalls: number }) {
    this.#gateway = options.gateway;
    this.#deps = options.deps;
    this.#registry = new CallRegistry({ clock: options.deps.clock, maxCalls: options.maxCalls });
  }

  get status(): CallServiceStatus {
    return { activeCalls: this.#registry.size, maxCalls: this.#registry.maxCalls, draining: this.#registry.draining };
  }

  start(): { sessionId: string } {
    const sessionId = randomUUID();
    try {
      this.#registry.reserve(sessionId);
    } catch (error) {
      const refusal = BotError.from(error);
      this.#deps.metrics.callRefused(refusal.code);
      this.#deps.logger.info({ code: refusal.code }, 'call refused');
      throw refusal;
    }
    return { sessionId };
  }

  async offer(sessionId: string | undefined, offer: SdpOffer): Promise<SdpAnswer> {
    if (offer.pcId !== undefined && this.#callByPeer.has(offer.pcId))
      return this.#renegotiate(sessionId, offer.pcId, offer);
    const id = sessionId ?? this.start().sessionId;
    if (!this.#registry.isReserved(id)) throw unknownSession();
    try {
      const { answer, transport } = await this.#gateway.accept(offer);
      if (!this.#registry.isReserved(id)) {
        await transport.close('never-connected');
        throw unknownSession();
      }
      const call = new Call(id, transport, this.#deps);
      this.#registry.begin(call);
      this.#callByPeer.set(answer.pc_id, id);
      void this.#run(call);
      return answer;
    } catch (error) {
      // A place that was taken for this offer alone is free again; one from /start waits for a better offer.
      if (sessionId === undefined) this.#registry.release(id);
      throw error;
    }
  }

  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void {
    this.#requirePeer(sessionId, pcId);
    this.#gateway.addCandidates(pcId, candidates);
  }

  list(): readonly CallSummary[] {
    return this.#registry.calls.map((call) => call.summary);
  }

  get(id: string): CallSummary {
    return this.#registry.get(id).summary;
  }

  end(id: string, reason: CloseReason): Promise<void> {
    return this.#registry.get(id).close(reason);
  }

  drain(limitMs: number): Promise<void> {
    this.#drained ??= this.#drain(limitMs);
    return this.#drained;
  }

  async #drain(limitMs: number): Promise<void> {
    this.#registry.stopAccepting();
    this.#deps.logger.info({ activeCalls: this.#registry.size, limitMs }, 'draining');
    const empty = this.#registry.whenEmpty();
    if (await this.#within(limitMs, empty)) return;
    this.#registry.releaseReserved();
    for (const call of this.#registry.calls) void call.close('drained', 'drain-goodbye');
    if (await this.#within(GOODBYE_WITHIN_MS, empty)) return;
    this.#deps.logger.error({ activeCalls: this.#registry.size }, 'calls did not close in time');
  }

  async #within(limitMs: number, done: Promise<void>): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => (timer = this.#deps.clock.after(limitMs, () => resolve(false))));
    const inTime = await Promise.race([done.then(() => true), late]);
    timer?.cancel();
    return inTime;
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

  async #run(call: Call): Promise<void> {
    void call.start();
    await call.ended;
    this.#registry.release(call.id);
    for (const [pcId, callId] of this.#callByPeer) if (callId === call.id) this.#callByPeer.delete(pcId);
  }
}

function unknownSession(): BotError {
  return new BotError('session_unknown', 'Invalid or not-yet-ready session_id');
}
