import type { Track } from 'node-datachannel';
import type { Logger } from 'pino';
import type { Clock } from '../../time';
import type { VoiceReceiver } from './receiver';
import { RtcpSession } from './rtcp-session';
import { isRtcp, parseVoiceRtp } from './rtp';
import { hears, sendsTo, type VoiceOffer } from './sdp';

interface VoiceTrackOptions {
  readonly ssrc: number;
  readonly cname: string;
  readonly clock: Clock;
  readonly receiver: Pick<VoiceReceiver, 'take'>;
  /** The client reports that it lost this share of the bot's packets, 0 to 1. */
  readonly onLossReported: (share: number) => void;
  readonly logger: Logger;
}

/**
 * The voices of both sides on one native track. It has no media handler: what comes is raw, RTCP included, so that nothing
 * native reads what a stranger wrote there.
 */
export class VoiceTrack {
  readonly #track: Track;
  readonly #options: VoiceTrackOptions;
  readonly #rtcp: RtcpSession;
  #voice: VoiceOffer;
  #open = false;
  #closed = false;

  constructor(track: Track, voice: VoiceOffer, options: VoiceTrackOptions) {
    this.#track = track;
    this.#options = options;
    this.#voice = voice;
    this.#rtcp = new RtcpSession(options.ssrc, options.cname, options.clock);
    track.onOpen(() => (this.#open = true));
    track.onMessage(this.#onMessage);
    /* A track's native part is freed when it has an `onClosed` callback and is closed by name: with one but not the other
       node-datachannel 0.33.4 leaves a callback behind, and the process can never exit. The callback also keeps this
       object, and so all the native ones, until the last of their events has been delivered. */
    track.onClosed(() => (this.#open = false));
  }

  /** What the client wants now: another offer may hold the call, or number the codec anew. */
  set voice(voice: VoiceOffer) {
    this.#voice = voice;
  }

  /** Sends a packet of the bot's voice if the client wants it, and reports that are due. Never throws. */
  send(packet: Buffer): void {
    if (!this.#open) return;
    try {
      if (sendsTo(this.#voice.direction)) {
        this.#track.sendMessageBinary(packet);
        this.#rtcp.sent(packet);
      }
      const report = this.#rtcp.due();
      if (report !== undefined) this.#track.sendMessageBinary(report);
    } catch {
      this.#open = false;
    }
  }

  /** @throws Error when the other side closed it already */
  close(): void {
    this.#closed = true;
    this.#open = false;
    this.#track.close();
  }

  /** For a native thread, to which nothing may be thrown: that would end the process. */
  readonly #onMessage = (bytes: Buffer): void => {
    if (this.#closed) return;
    try {
      if (isRtcp(bytes)) {
        const loss = this.#rtcp.receivedRtcp(bytes);
        if (loss !== undefined) this.#options.onLossReported(loss);
      } else if (hears(this.#voice.direction)) {
        const packet = parseVoiceRtp(bytes, this.#voice.opusPayloadType);
        if (packet === undefined) return;
        this.#rtcp.received(packet);
        this.#options.receiver.take(packet);
      }
    } catch (error) {
      this.#options.logger.error({ err: error }, 'A WebRTC callback failed');
    }
  };
}
