import type { CarriedBy } from '../../contract/transports';
import type { AskedAgent } from '../agents';
import type { BotError } from '../errors';
import type { ModelHealth } from '../sonic';
import type { CallRooms, Entrance, RoomsHealth } from '../transport/rooms';
import type { CallTransport, CloseReason } from '../transport/transport';
import type { IceCandidate, SdpAnswer, SdpOffer } from '../transport/webrtc';
import type { CallFigures } from './call-stats';

/** One call as an operator sees it: no token, no words. */
export interface CallSummary extends Pick<
  CallFigures,
  'durationMs' | 'turns' | 'bargeIns' | 'reconnects' | 'rotations'
> {
  readonly id: string;
  /** Who speaks with the caller: an agent's name. */
  readonly agent: string;
  readonly transport: CarriedBy;
  readonly state: 'reserved' | 'connecting' | 'greeting' | 'listening' | 'speaking' | 'closing' | 'closed';
  readonly startedAt: string;
}

/** A call that was taken: the client goes through its entrance, or makes an offer for its session. */
export interface StartedCall {
  readonly sessionId: string;
  /** Of the agent that answers, as a BCP 47 tag. */
  readonly language: string;
  readonly entrance?: Entrance;
}

/** The calls of a process, however callers get to them. Every method throws BotError only. */
export interface Calls {
  /**
   * Takes a call. A WebRTC client then has 60 s to send its offer; with rooms the bot is on its way into one.
   * @param agent who is to answer, and the call's data; left out: who answers by default
   * @param caller what tells one caller from another: an address, or a name that a trusted back end gave; never logged
   * @throws BotError `bad_request` or `unauthorized` for what was asked of the agent, `at_capacity`, `draining`, `model_down`, `too_many_unanswered`, `caller_limit_reached`,
   *   `day_quota_reached`, `transport_unavailable`, or why there can be no room
   */
  start(caller?: string, agent?: AskedAgent): Promise<StartedCall>;
  list(): readonly CallSummary[];
  /** @throws BotError `not_found` */
  get(id: string): CallSummary;
  /** Ends a call; resolves when it is closed. @throws BotError `not_found` */
  end(id: string, reason: CloseReason): Promise<void>;
  readonly status: CallsStatus;
  /** Refuses new calls, lets the present ones go on for `limitMs`, then closes them with a goodbye. Idempotent. */
  drain(limitMs: number): Promise<void>;
  /** Asks the service whose rooms calls are in; undefined where there are no rooms. Never rejects. */
  deepCheck(): Promise<RoomsHealth | undefined>;
}

/** Places for calls that come in another way than by `start`. */
export interface Lines {
  /** Why every task would refuse this caller, as far as this one knows; nothing is counted. */
  refusalFor(caller: string): BotError | undefined;
  /** Takes a place for a call. @throws BotError as `Calls.start` does */
  reserve(caller: string, asked?: AskedAgent): Promise<string>;
  /** Gives up a place that no call has begun in. */
  release(id: string): void;
  /** Begins the call in its place; `onEnded` hears when nothing of it is left. */
  begin(id: string, transport: CallTransport, onEnded?: () => void): void;
  /** @throws BotError `not_found` */
  end(id: string, reason: CloseReason): Promise<void>;
}

/** How WebRTC clients connect to the calls they started. Every method throws BotError only. */
export interface Signalling {
  /**
   * Takes an SDP offer: a first one begins the call reserved by `sessionId` (or reserves one for `caller` where none is
   * named); one with a known `pcId` renegotiates or restarts that call's connection.
   * @throws BotError `session_unknown`, `sdp_invalid`, and what `start` throws
   */
  offer(sessionId: string | undefined, offer: SdpOffer, caller?: string): Promise<SdpAnswer>;
  /** @throws BotError `peer_unknown`, `session_unknown` */
  addCandidates(sessionId: string | undefined, pcId: string, candidates: readonly IceCandidate[]): void;
}

/** Calls over one transport. */
export interface CallService {
  readonly calls: Calls;
  /** The same calls, for those that come by telephone. */
  readonly lines?: Lines;
  /** Rooms for telephone calls; undefined where there are none. */
  readonly answer?: CallRooms['answer'];
  /** Rings telephones; undefined where there are no rooms to ring from. */
  readonly dial?: CallRooms['dial'];
  /** Undefined where calls are taken in rooms: their clients make no offers. */
  readonly signalling?: Signalling;
  /** What would make the first call late, and is not needed to listen; undefined where there is nothing. Never rejects. */
  warmUp?(): Promise<void>;
  /** Closes what is behind the calls once they have been drained. Bounded and idempotent. */
  close(): Promise<void>;
}

export interface CallsStatus {
  readonly activeCalls: number;
  readonly maxCalls: number;
  readonly draining: boolean;
  /** Who may be asked for. */
  readonly agents: readonly string[];
  /** A newer deployment takes the calls; here only those that find no other task. */
  readonly standingDown?: boolean;
  /** Why one more call is too many for the processor, in words; undefined where it is not. */
  readonly busy?: string;
  /** Whether the model can be reached, where the model watches over that. */
  readonly model?: ModelHealth;
  /** Whether rooms can be had, where calls are in rooms. */
  readonly rooms?: RoomsHealth;
}
