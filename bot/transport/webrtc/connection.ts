import type { DataChannel, RtcConfig, Track } from 'node-datachannel';
import { Audio, PeerConnection, RtcpReceivingSession, Video } from 'node-datachannel';
import type { Logger } from 'pino';
import { BotError } from '../../errors';
import type { Clock, Timer } from '../../time';
import type { Chat } from './chat';
import { MAX_BUFFERED_BYTES } from './data-channel';
import type { VoiceReceiver } from './receiver';
import { parseVoiceRtp } from './rtp';
import type { InactiveSection, OfferDescription } from './sdp';

/** What a connection tells its transport. None is called after `close()`. */
export interface ConnectionListener {
  /** The client's data channel is open, and media with it. */
  onOpen(): void;
  /** Once: the client closed, or ICE or DTLS gave up. */
  onGone(why: 'left' | 'failed'): void;
}

export interface ConnectionOptions {
  readonly name: string;
  readonly rtcConfig: RtcConfig;
  /** Of the bot's voice. */
  readonly ssrc: number;
  readonly clock: Clock;
  readonly gatherMs: number;
  readonly logger: Logger;
  readonly receiver: Pick<VoiceReceiver, 'take'>;
  readonly chat: Pick<Chat, 'take'>;
}

/** Chrome would send stereo at 96 kb/s if asked with libdatachannel's default; this asks for voice with FEC. */
const OPUS_PROFILE = 'minptime=10;useinbandfec=1';
const CHANNEL_LABEL = 'chat';
const MAX_CANDIDATES = 64;

/**
 * One libdatachannel peer connection that answers a Pipecat client's offer. Native objects live as long as this one
 * holds them; every call into them is guarded, since they throw once closed, and a callback's exception would end
 * the process.
 */
export class Connection {
  /** Set once the answer is on its way to the client; events before that are dropped. */
  listener: ConnectionListener | undefined;
  readonly #options: ConnectionOptions;
  readonly #pc: PeerConnection;
  /** All tracks are kept, the inactive too: what is collected as garbage closes. */
  readonly #tracks = new Map<string, Track>();
  #voice: Track | undefined;
  #voiceOpen = false;
  #channel: DataChannel | undefined;
  /** Being closed; kept until they are. */
  readonly #refusedChannels = new Set<DataChannel>();
  #opusPayloadType: number;
  #mids: readonly string[];
  #candidates = 0;
  #closed = false;
  #goneTold = false;

  private constructor(offer: OfferDescription, options: ConnectionOptions) {
    this.#options = options;
    this.#opusPayloadType = offer.audio.opusPayloadType;
    this.#mids = offer.mids;
    this.#pc = new PeerConnection(options.name, options.rtcConfig);
  }

  /**
   * Answers `offer`; resolves with an answer that holds all candidates.
   * @throws BotError `sdp_invalid` when the offer is not to be used, `peer_failed` when no candidate can be had
   */
  static async answer(
    offer: OfferDescription,
    options: ConnectionOptions,
  ): Promise<{ connection: Connection; sdp: string }> {
    let connection: Connection;
    try {
      connection = new Connection(offer, options);
    } catch (error) {
      throw new BotError('peer_failed', 'a peer connection could not be made', { cause: error });
    }
    try {
      connection.#listen();
      connection.#addVoice(offer);
      connection.#negotiate(offer);
      await connection.#gathered();
      const sdp = connection.#localSdp();
      connection.#addOfferedCandidates(offer);
      return { connection, sdp };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** What the client calls Opus. */
  get opusPayloadType(): number {
    return this.#opusPayloadType;
  }

  /** The client's sections in order, for candidates that name one by its index. */
  get mids(): readonly string[] {
    return this.#mids;
  }

  /** Answers a further offer on the same connection. @throws BotError `sdp_invalid` */
  renegotiate(offer: OfferDescription): string {
    if (this.#closed) throw new BotError('peer_unknown', 'the connection is closed');
    if (!this.#tracks.has(offer.audio.mid)) {
      throw new BotError('sdp_invalid', 'the SDP offer cannot be used: the audio section is another one than before');
    }
    this.#negotiate(offer);
    this.#opusPayloadType = offer.audio.opusPayloadType;
    this.#mids = offer.mids;
    this.#addOfferedCandidates(offer);
    return this.#localSdp();
  }

  /** Hands over a candidate that has been checked. Never throws: a bad one is one path less. */
  addCandidate(candidate: string, mid: string): void {
    if (this.#closed || this.#candidates >= MAX_CANDIDATES) return;
    this.#candidates += 1;
    try {
      this.#pc.addRemoteCandidate(candidate.replace(/^a=/, ''), mid);
    } catch {
      this.#options.logger.debug('A remote candidate was refused');
    }
  }

  /** Sends a packet of the bot's voice, or drops it when that cannot be done now. Never throws. */
  sendRtp(packet: Buffer): void {
    if (!this.#voiceOpen || this.#closed) return;
    try {
      this.#voice?.sendMessageBinary(packet);
    } catch {
      this.#voiceOpen = false;
    }
  }

  /** False when the frame could not be sent. Never throws. */
  sendFrame(frame: string): boolean {
    if (this.#closed || this.#channel === undefined) return false;
    try {
      if (!this.#channel.isOpen() || this.#channel.bufferedAmount() > MAX_BUFFERED_BYTES) return false;
      // Its result says only whether the frame went out at once or was buffered.
      this.#channel.sendMessage(frame);
      return true;
    } catch {
      return false;
    }
  }

  /** Idempotent; the client sees the data channel close at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#voiceOpen = false;
    for (const native of [this.#channel, ...this.#tracks.values(), this.#pc]) {
      try {
        native?.close();
      } catch {
        // Closed already by the other side.
      }
    }
  }

  #listen(): void {
    this.#pc.onStateChange(
      this.#guarded((state: string) => {
        this.#options.logger.debug({ state }, 'Peer connection changed state');
        if (state === 'failed') this.#gone('failed');
        else if (state === 'closed') this.#gone('left');
      }),
    );
    this.#pc.onDataChannel(this.#guarded((channel: DataChannel) => this.#onDataChannel(channel)));
  }

  #onDataChannel(channel: DataChannel): void {
    if (this.#channel !== undefined || channel.getLabel() !== CHANNEL_LABEL) {
      channel.onClosed(() => this.#refusedChannels.delete(channel));
      this.#refusedChannels.add(channel);
      channel.close();
      return;
    }
    this.#channel = channel;
    let opened = false;
    const open = (): void => {
      if (opened) return;
      opened = true;
      this.listener?.onOpen();
    };
    channel.onOpen(this.#guarded(open));
    channel.onClosed(this.#guarded(() => this.#gone('left')));
    channel.onError(this.#guarded(() => this.#options.logger.debug('Data channel error')));
    channel.onMessage(
      this.#guarded((data: string | Buffer | ArrayBuffer) => {
        open();
        this.#options.chat.take(data);
      }),
    );
    if (channel.isOpen()) open();
  }

  #addVoice(offer: OfferDescription): void {
    const audio = new Audio(offer.audio.mid, 'SendRecv');
    audio.addOpusCodec(offer.audio.opusPayloadType, OPUS_PROFILE);
    audio.addSSRC(this.#options.ssrc, 'bot', 'bot', 'bot-voice');
    const track = this.#keep(offer.audio.mid, this.#pc.addTrack(audio));
    this.#voice = track;
    track.setMediaHandler(new RtcpReceivingSession());
    track.onOpen(this.#guarded(() => (this.#voiceOpen = true)));
    track.onMessage(
      this.#guarded((bytes: Buffer) => {
        const packet = parseVoiceRtp(bytes, this.#opusPayloadType);
        if (packet !== undefined) this.#options.receiver.take(packet);
      }),
    );
  }

  /** Every section must be answered in its place; those not wanted are inactive, so that the client keeps them. */
  #negotiate(offer: OfferDescription): void {
    try {
      for (const section of offer.others) if (!this.#tracks.has(section.mid)) this.#addInactive(section);
      this.#pc.setRemoteDescription(offer.sdp, 'offer');
      // An answer in another state would be a C++ exception, which ends the process.
      if (this.#pc.signalingState() !== 'have-remote-offer') throw new Error('the offer was not taken');
      this.#pc.setLocalDescription('answer');
    } catch (error) {
      throw new BotError('sdp_invalid', 'the SDP offer cannot be used: it was refused by the WebRTC stack', {
        cause: error,
      });
    }
  }

  #addInactive(section: InactiveSection): void {
    if (section.kind === 'audio') {
      const audio = new Audio(section.mid, 'Inactive');
      audio.addAudioCodec(section.payloadType, section.codec);
      this.#keep(section.mid, this.#pc.addTrack(audio));
    } else {
      const video = new Video(section.mid, 'Inactive');
      video.addVideoCodec(section.payloadType, section.codec);
      this.#keep(section.mid, this.#pc.addTrack(video));
    }
  }

  /**
   * A track's native part is freed when it has an `onClosed` callback and is closed by name: with one but not the other
   * node-datachannel 0.33.4 leaves a callback behind, and the process can never exit. The callback also keeps this
   * object, and so all the native ones, until the last of their events has been delivered.
   */
  #keep(mid: string, track: Track): Track {
    this.#tracks.set(mid, track);
    track.onClosed(() => {
      if (track === this.#voice) this.#voiceOpen = false;
    });
    return track;
  }

  #gathered(): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined = undefined;
      const settle = (): void => {
        timer?.cancel();
        resolve();
      };
      timer = this.#options.clock.after(this.#options.gatherMs, () => {
        // A STUN server that does not answer must not cost the candidates that are there.
        if (this.#pc.localDescription()?.sdp.includes('a=candidate:') === true) resolve();
        else reject(new BotError('peer_failed', 'no ICE candidate could be gathered'));
      });
      this.#pc.onGatheringStateChange((state) => {
        if (state === 'complete') settle();
      });
      if (this.#pc.gatheringState() === 'complete') settle();
    });
  }

  #localSdp(): string {
    const description = this.#pc.localDescription();
    if (description === null) throw new BotError('peer_failed', 'the WebRTC stack gave no answer');
    return description.sdp;
  }

  #addOfferedCandidates(offer: OfferDescription): void {
    for (const { candidate, mid } of offer.candidates) this.addCandidate(candidate, mid);
  }

  #gone(why: 'left' | 'failed'): void {
    if (this.#goneTold) return;
    this.#goneTold = true;
    this.listener?.onGone(why);
  }

  /** A callback for native threads: it does nothing after `close()`, and throws nothing back. */
  #guarded<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (this.#closed) return;
      try {
        callback(...args);
      } catch (error) {
        this.#options.logger.error({ err: error }, 'A WebRTC callback failed');
      }
    };
  }
}
