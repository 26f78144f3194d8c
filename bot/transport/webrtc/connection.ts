import { randomBytes, randomInt } from 'node:crypto';
import type { DataChannel, RtcConfig } from 'node-datachannel';
import { Audio, PeerConnection } from 'node-datachannel';
import type { Logger } from 'pino';
import { BotError } from '../../errors';
import type { Clock, Timer } from '../../time';
import type { Chat } from './chat';
import { ChatChannel } from './chat-channel';
import { MAX_MESSAGE_BYTES } from './data-channel';
import type { VoiceReceiver } from './receiver';
import {
  isSameTransport,
  isUsableCandidate,
  type LocalTransport,
  MAX_REMOTE_CANDIDATES,
  NATIVE_VOICE_MID,
  type OfferDescription,
  OPUS_PROFILE,
  readNativeAnswer,
  toNativeOffer,
  type VoiceOffer,
  writeAnswer,
} from './sdp';
import { VoiceTrack } from './voice-track';

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
  /** Whether the client may name addresses of private networks as its own. */
  readonly allowPrivateCandidates: boolean;
  readonly logger: Logger;
  readonly receiver: Pick<VoiceReceiver, 'take'>;
  readonly chat: Pick<Chat, 'take'>;
  /** The client reports that it lost this share of the bot's packets, 0 to 1. */
  readonly onLossReported: (share: number) => void;
}

/**
 * One libdatachannel peer connection that answers a client's offer. Native objects live as long as this one holds them; every
 * call into them is guarded, since they throw once closed, and a callback's exception would end the process. They carry one
 * voice and one data section, negotiated once; what else the client offers, then or later, is answered without them.
 */
export class Connection {
  /** Set once the answer is on its way to the client; events before that are dropped. */
  listener: ConnectionListener | undefined;
  readonly #options: ConnectionOptions;
  readonly #pc: PeerConnection;
  readonly #voice: VoiceTrack;
  readonly #channel: ChatChannel;
  /** Short-term, and telling nothing (RFC 7022 §4.2). */
  readonly #cname = randomBytes(12).toString('base64');
  readonly #sessionId = randomInt(1, 2 ** 47);
  #offer: OfferDescription;
  #local: LocalTransport | undefined;
  #answer = { version: 0, sdp: '' };
  readonly #candidates = new Set<string>();
  #connected = false;
  #closed = false;
  #goneTold = false;

  private constructor(pc: PeerConnection, offer: OfferDescription, options: ConnectionOptions) {
    this.#pc = pc;
    this.#options = options;
    this.#offer = offer;
    this.#channel = new ChatChannel({
      logger: options.logger,
      chat: options.chat,
      onOpen: () => this.listener?.onOpen(),
      onClosed: () => this.#gone(this.#connected ? 'left' : 'failed'),
      guarded: this.#guarded.bind(this),
    });
    const audio = new Audio(NATIVE_VOICE_MID, 'SendRecv');
    audio.addOpusCodec(offer.voice.opusPayloadType, OPUS_PROFILE);
    audio.addSSRC(options.ssrc, this.#cname, 'bot', 'bot-voice');
    const { ssrc, clock, receiver, onLossReported, logger } = options;
    const track = this.#pc.addTrack(audio);
    this.#voice = new VoiceTrack(track, offer.voice, {
      ssrc,
      cname: this.#cname,
      clock,
      receiver,
      onLossReported,
      logger,
    });
  }

  /**
   * Answers `offer`; resolves with an answer that holds all candidates.
   * @throws BotError `sdp_invalid` when the offer is not to be used, `peer_failed` when no candidate can be had
   */
  static async answer(
    offer: OfferDescription,
    options: ConnectionOptions,
  ): Promise<{ connection: Connection; sdp: string }> {
    const connection = Connection.#open(offer, options);
    try {
      connection.#listen();
      connection.#negotiate();
      await connection.#gathered();
      connection.#local = readNativeAnswer(connection.#pc.localDescription()?.sdp ?? '');
      const sdp = connection.#answerTo(offer);
      connection.addCandidates(offer.candidates);
      return { connection, sdp };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  static #open(offer: OfferDescription, options: ConnectionOptions): Connection {
    let pc: PeerConnection | undefined;
    try {
      pc = new PeerConnection(options.name, options.rtcConfig);
      return new Connection(pc, offer, options);
    } catch (error) {
      pc?.close();
      throw new BotError('peer_failed', 'a peer connection could not be made', { cause: error });
    }
  }

  /** What the client wants of the voice, by its latest offer. */
  get voice(): VoiceOffer {
    return this.#offer.voice;
  }

  /** The client's sections in order, and those that share the transport. */
  get sections(): { readonly mids: readonly (string | undefined)[]; readonly bundled: readonly string[] } {
    return { mids: this.#offer.sections.map((section) => section.mid), bundled: this.#offer.bundled };
  }

  /** Whether the client has lately consented to being sent to (RFC 7675); without it, that is taken back after 30 s. */
  get hasConsent(): boolean {
    return this.#connected && !this.#goneTold;
  }

  /** Answers a further offer on the same connection. @throws BotError `sdp_invalid`, `peer_unknown` */
  renegotiate(offer: OfferDescription): string {
    if (this.#closed) throw new BotError('peer_unknown', 'the connection is closed');
    const before = this.#offer;
    if (offer.voice.mid !== before.voice.mid || offer.data.mid !== before.data.mid) {
      throw unusable('the audio or the data section is another one than before');
    }
    if (!isSameTransport(offer.transport, before.transport)) {
      throw unusable('ICE and DTLS cannot begin anew on a connection; say restart_pc');
    }
    const sdp = this.#answerTo(offer);
    this.#offer = offer;
    this.#voice.voice = offer.voice;
    this.addCandidates(offer.candidates);
    return sdp;
  }

  /** Takes candidates that are fit for use, each once: some clients name all in every section. Never throws. */
  addCandidates(candidates: readonly string[]): void {
    for (const candidate of candidates.map((line) => line.replace(/^a=/, ''))) {
      if (this.#closed || this.#candidates.size >= MAX_REMOTE_CANDIDATES) return;
      if (this.#candidates.has(candidate)) continue;
      if (!isUsableCandidate(candidate, this.#options.allowPrivateCandidates)) continue;
      this.#candidates.add(candidate);
      try {
        this.#pc.addRemoteCandidate(candidate, NATIVE_VOICE_MID);
      } catch {
        this.#options.logger.debug('A remote candidate was refused');
      }
    }
  }

  /** Sends a packet of the bot's voice, or drops it when that cannot be done now. Never throws. */
  sendRtp(packet: Buffer): void {
    if (!this.#closed) this.#voice.send(packet);
  }

  /** False when the frame could not be sent. Never throws. */
  sendFrame(frame: string): boolean {
    return !this.#closed && this.#channel.send(frame);
  }

  /** Idempotent; the client sees the data channel close at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const native of [this.#channel, this.#voice, this.#pc]) {
      try {
        native.close();
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
    this.#pc.onIceStateChange(
      this.#guarded((state: string) => (this.#connected = state === 'connected' || state === 'completed')),
    );
    this.#pc.onDataChannel(this.#guarded((channel: DataChannel) => this.#channel.offer(channel)));
  }

  #negotiate(): void {
    try {
      this.#pc.setRemoteDescription(toNativeOffer(this.#offer), 'offer');
      // An answer in another state would be a C++ exception, which ends the process.
      if (this.#pc.signalingState() !== 'have-remote-offer') throw new Error('the offer was not taken');
      this.#pc.setLocalDescription('answer');
    } catch (error) {
      throw new BotError('sdp_invalid', 'the SDP offer cannot be used: it was refused by the WebRTC stack', {
        cause: error,
      });
    }
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

  /** The same offer gets the same answer, to the letter. */
  #answerTo(offer: OfferDescription): string {
    if (this.#local === undefined) throw new BotError('peer_failed', 'the WebRTC stack gave no answer');
    const answerer = {
      transport: this.#local,
      sessionId: this.#sessionId,
      ssrc: this.#options.ssrc,
      cname: this.#cname,
      maxMessageBytes: MAX_MESSAGE_BYTES,
    };
    const { version, sdp } = this.#answer;
    if (writeAnswer(offer, { ...answerer, version }) !== sdp) {
      this.#answer = { version: version + 1, sdp: writeAnswer(offer, { ...answerer, version: version + 1 }) };
    }
    return this.#answer.sdp;
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

function unusable(reason: string): BotError {
  return new BotError('sdp_invalid', `the SDP offer cannot be used: ${reason}`);
}
