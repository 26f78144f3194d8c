import { randomUUID } from 'node:crypto';
import type { RtcConfig } from 'node-datachannel';
import type { Logger } from 'pino';
import type { IceServer } from '../../config';
import { BotError } from '../../errors';
import type { Clock, Ticker } from '../../time';
import type { CallTransport } from '../transport';
import { MAX_MESSAGE_BYTES } from './data-channel';
import { toNativeIceServers } from './ice-servers';
import { FRAME_MS, OpusCodec } from './opus';
import { parseOffer } from './sdp';
import type { IceCandidate, SdpAnswer, SdpOffer } from './signalling';
import type { WebRtcTimeouts } from './transport';
import { WebRtcTransport } from './transport';

export interface WebRtcGatewayOptions {
  readonly iceServers: readonly IceServer[];
  /** The address candidates are bound to; undefined is all. */
  readonly bindAddress?: string | undefined;
  /** The one UDP port all calls share; undefined is a free port each. */
  readonly udpPort?: number | undefined;
  /** Whether clients may name addresses of private networks as theirs; undefined is only for a bot that is on loopback. */
  readonly allowPrivateCandidates?: boolean | undefined;
  readonly clock: Clock;
  /** Beats every 20 ms; shared by all calls. */
  readonly ticker: Ticker;
  readonly logger: Logger;
  readonly timeouts?: Partial<WebRtcTimeouts>;
}

/**
 * Defaults. Until a client has connected it holds a slot and the model's stream for nothing. A caller may be without network
 * for 30 s, as in a lift, and needs a few more to replace the connection.
 */
const WEBRTC_TIMEOUTS: WebRtcTimeouts = {
  connectMs: 15_000,
  vanishMs: 40_000,
  gatherMs: 5_000,
  farewellMs: 100,
};

/** Answers the offers of Pipecat's small-webrtc clients; each becomes a transport of its own. */
export class WebRtcGateway {
  readonly #options: WebRtcGatewayOptions;
  readonly #codec: OpusCodec;
  readonly #rtcConfig: RtcConfig;
  readonly #sharedPort: Pick<RtcConfig, 'enableIceUdpMux' | 'portRangeBegin' | 'portRangeEnd'>;
  readonly #timeouts: WebRtcTimeouts;
  readonly #transports = new Map<string, WebRtcTransport>();
  #closing = false;

  private constructor(options: WebRtcGatewayOptions, codec: OpusCodec) {
    if (options.ticker.periodMs !== FRAME_MS) throw new BotError('internal', 'the WebRTC ticker must beat each 20 ms');
    this.#options = options;
    this.#codec = codec;
    this.#timeouts = { ...WEBRTC_TIMEOUTS, ...options.timeouts };
    this.#rtcConfig = {
      iceServers: toNativeIceServers(options.iceServers),
      disableAutoNegotiation: true,
      maxMessageSize: MAX_MESSAGE_BYTES,
      ...(options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress }),
    };
    this.#sharedPort =
      options.udpPort === undefined
        ? {}
        : { enableIceUdpMux: true, portRangeBegin: options.udpPort, portRangeEnd: options.udpPort };
  }

  /** Loads the codec. @throws BotError `config_invalid` for an ICE server that cannot be one */
  static async create(options: WebRtcGatewayOptions): Promise<WebRtcGateway> {
    return new WebRtcGateway(options, await OpusCodec.load());
  }

  /** What would make the first call of a process late, done before it. Never rejects. */
  warmUp(): Promise<void> {
    return this.#codec.warmUp();
  }

  get size(): number {
    return this.#transports.size;
  }

  /**
   * Answers a first offer. The transport connects by itself; call its `start()` without waiting for anything else.
   * @throws BotError `sdp_invalid`, `peer_failed`, `draining` after `close()`
   */
  async accept(offer: SdpOffer): Promise<{ answer: SdpAnswer; transport: CallTransport }> {
    if (this.#closing) throw new BotError('draining', 'the server is closing');
    const description = parseOffer(offer.sdp);
    const pcId = `pc-${randomUUID()}`;
    const { clock, ticker, logger, bindAddress } = this.#options;
    const transport = new WebRtcTransport({
      pcId,
      /* On the port that all share, libjuice tells clients apart by the checks they send, and an ICE-lite client sends none.
         It is reached from any port, since it is we who open the path. */
      rtcConfigFor: ({ iceLite }) => (iceLite ? this.#rtcConfig : { ...this.#rtcConfig, ...this.#sharedPort }),
      allowPrivateCandidates: this.#options.allowPrivateCandidates ?? isLoopback(bindAddress),
      encoder: await this.#codec.createEncoder(),
      decoder: await this.#codec.createDecoder(),
      clock,
      ticker,
      logger,
      timeouts: this.#timeouts,
      onClosed: () => this.#transports.delete(pcId),
    });
    this.#transports.set(pcId, transport);
    try {
      const sdp = await transport.connect(description);
      return { answer: { sdp, type: 'answer', pc_id: pcId }, transport };
    } catch (error) {
      await transport.close('transport-failed');
      throw BotError.from(error, 'peer_failed', 'the offer could not be answered');
    }
  }

  /**
   * Answers a further offer of a known client: on the same connection or, with `restartPc`, with a new one that takes
   * over the call.
   * @throws BotError `peer_unknown`, `sdp_invalid`, `peer_failed`
   */
  async renegotiate(offer: SdpOffer): Promise<SdpAnswer> {
    const transport = this.#find(offer.pcId);
    const description = parseOffer(offer.sdp);
    try {
      const sdp = offer.restartPc === true ? await transport.connect(description) : transport.renegotiate(description);
      return { sdp, type: 'answer', pc_id: transport.pcId };
    } catch (error) {
      throw BotError.from(error, 'peer_failed', 'the offer could not be answered');
    }
  }

  /** Adds trickled candidates. @throws BotError `peer_unknown` */
  addCandidates(pcId: string, candidates: readonly IceCandidate[]): void {
    this.#find(pcId).addCandidates(candidates);
  }

  has(pcId: string): boolean {
    return this.#transports.has(pcId);
  }

  /** Closes all connections, with a farewell; bounded and idempotent. New offers are refused from here on. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#transports.values()].map((transport) => transport.close('drained')));
  }

  #find(pcId: string | undefined): WebRtcTransport {
    const transport = pcId === undefined ? undefined : this.#transports.get(pcId);
    if (transport === undefined) throw new BotError('peer_unknown', 'there is no such peer connection');
    return transport;
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || address.startsWith('127.'));
}
