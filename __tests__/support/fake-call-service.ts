import { randomUUID } from 'node:crypto';
import type { AskedAgent } from '../../bot/agents';
import type { Calls, CallsStatus, CallSummary, Signalling, StartedCall } from '../../bot/call/calls';
import { BotError } from '../../bot/errors';
import type { RoomsHealth } from '../../bot/transport/rooms';
import type { CloseReason } from '../../bot/transport/transport';
import type { IceCandidate, SdpAnswer, SdpOffer } from '../../bot/transport/webrtc/signalling';

interface FakeCall {
  state: 'reserved' | 'connecting';
  pcId: string | undefined;
  /** What its first offer named. */
  sessionId: string | undefined;
  readonly offers: SdpOffer[];
  readonly candidates: IceCandidate[];
}

/** A description with what no WebRTC peer can do without. */
export const GOOD_SDP = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=fingerprint:sha-256 00:11',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  'a=rtpmap:111 opus/48000/2',
  '',
].join('\r\n');

/** Calls without audio: keeps places, connections and candidates, and refuses what a real one refuses. */
export class FakeCalls implements Calls, Signalling {
  /** What was asked of the agents, start by start. */
  readonly asked: (AskedAgent | undefined)[] = [];
  readonly ended: { id: string; reason: CloseReason }[] = [];
  readonly #calls = new Map<string, FakeCall>();
  readonly #maxCalls: number;
  #draining = false;
  #whenEmpty: (() => void)[] = [];

  constructor(maxCalls = 1_000_000) {
    this.#maxCalls = maxCalls;
  }

  get status(): CallsStatus {
    return {
      activeCalls: this.#calls.size,
      maxCalls: this.#maxCalls,
      draining: this.#draining,
      agents: ['clinic', 'billing'],
    };
  }

  async start(_caller?: string, asked?: AskedAgent): Promise<StartedCall> {
    this.asked.push(asked);
    return { sessionId: this.#reserve(), language: 'en-US' };
  }

  #reserve(): string {
    if (this.#draining) throw new BotError('draining', 'The server is shutting down.', { retryAfterSeconds: 5 });
    if (this.#calls.size >= this.#maxCalls) {
      throw new BotError('at_capacity', 'All calls are taken.', { retryAfterSeconds: 10 });
    }
    const sessionId = randomUUID();
    this.#calls.set(sessionId, {
      state: 'reserved',
      pcId: undefined,
      sessionId: undefined,
      offers: [],
      candidates: [],
    });
    return sessionId;
  }

  async offer(sessionId: string | undefined, offer: SdpOffer): Promise<SdpAnswer> {
    for (const line of ['m=audio ', 'a=fingerprint:', 'a=ice-ufrag:']) {
      if (!offer.sdp.includes(line)) throw new BotError('sdp_invalid', `The offer has no ${line.slice(0, -1)} line.`);
    }
    const known = [...this.#calls.values()].find((call) => call.pcId !== undefined && call.pcId === offer.pcId);
    const call = known ?? this.#calls.get(sessionId ?? this.#reserve());
    if (call === undefined) throw new BotError('session_unknown', 'There is no such session.');
    call.state = 'connecting';
    if (call.pcId !== undefined && call.sessionId !== sessionId) {
      throw new BotError('peer_unknown', 'There is no such connection.');
    }
    call.sessionId = sessionId;
    call.pcId ??= `pc-${randomUUID()}`;
    call.offers.push(offer);
    return { sdp: GOOD_SDP, type: 'answer', pc_id: call.pcId };
  }

  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void {
    const call = [...this.#calls.values()].find((one) => one.pcId === pcId && one.sessionId === sessionId);
    if (call === undefined) throw new BotError('peer_unknown', 'There is no such connection.');
    call.candidates.push(...candidates);
  }

  list(): readonly CallSummary[] {
    return [...this.#calls.keys()].map((id) => this.get(id));
  }

  get(id: string): CallSummary {
    const call = this.call(id);
    const startedAt = '2026-10-01T00:00:00.000Z';
    return {
      id,
      agent: 'assistant',
      transport: 'webrtc',
      state: call.state,
      startedAt,
      durationMs: 0,
      turns: 0,
      bargeIns: 0,
      reconnects: 0,
      rotations: 0,
    };
  }

  async end(id: string, reason: CloseReason): Promise<void> {
    this.call(id);
    this.#calls.delete(id);
    this.ended.push({ id, reason });
    if (this.#calls.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  async drain(limitMs: number): Promise<void> {
    this.#draining = true;
    if (this.#calls.size === 0) return;
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenEmpty.push(resolve);
      limit = setTimeout(resolve, limitMs);
    });
    clearTimeout(limit);
    for (const id of [...this.#calls.keys()]) await this.end(id, 'drained');
  }

  deepCheck(): Promise<RoomsHealth | undefined> {
    return Promise.resolve(undefined);
  }

  /** What happened to one call. */
  call(id: string): FakeCall {
    const call = this.#calls.get(id);
    if (call === undefined) throw new BotError('not_found', 'There is no such call.');
    return call;
  }
}
