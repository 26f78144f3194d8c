import type { DataChannel, Track } from 'node-datachannel';
import { Audio, PeerConnection, Video } from 'node-datachannel';
import type { Candidate } from './signalling';

export interface PeerEvents {
  onOpen(): void;
  onFrame(text: string): void;
  onPacket(packet: Buffer): void;
  onClosed(): void;
}

const OPUS = 111;
const VP8 = 96;

/**
 * The caller's peer connection: an offer shaped like a browser's (microphone, camera, screen, data), candidates kept
 * out of it to be sent after the answer, since libdatachannel as the offering side stumbles over answers that race them.
 */
export class Peer {
  readonly #pc: PeerConnection;
  readonly #channel: DataChannel;
  readonly #voice: Track;
  /** ManagedStream, since what is collected as garbage closes. */
  readonly #videos: readonly Track[];
  readonly #candidates: Candidate[] = [];
  #tracksClosed = 0;
  #hasPath = false;
  #closed = false;

  constructor(options: { ssrc: number; bindAddress: string; videoSections: number; events: PeerEvents }) {
    const { ssrc, events } = options;
    this.#pc = new PeerConnection('caller', {
      iceServers: [],
      bindAddress: options.bindAddress,
      disableAutoNegotiation: true,
    });
    const audio = new Audio('0', 'SendRecv');
    audio.addOpusCodec(OPUS, 'minptime=10;useinbandfec=1');
    audio.addSSRC(ssrc, 'caller', 'caller', 'caller-voice');
    this.#voice = this.#pc.addTrack(audio);
    this.#voice.onMessage((packet) => {
      if (!this.#closed) events.onPacket(packet);
    });
    this.#videos = Array.from({ length: options.videoSections }, (_, index) => {
      const video = new Video(String(index + 1), index === 0 ? 'SendRecv' : 'SendOnly');
      video.addVP8Codec(VP8);
      video.addSSRC(ssrc + 1 + index, 'caller', 'caller', `caller-video-${index}`);
      return this.#pc.addTrack(video);
    });
    // Each track needs an onClosed for node-datachannel to free it, and for the process to exit.
    for (const track of [this.#voice, ...this.#videos]) track.onClosed(() => (this.#tracksClosed += 1));
    this.#channel = this.#pc.createDataChannel('chat');
    this.#channel.onOpen(() => {
      if (!this.#closed) events.onOpen();
    });
    this.#channel.onMessage((data) => {
      if (!this.#closed && typeof data === 'string') events.onFrame(data);
    });
    this.#channel.onClosed(() => {
      if (!this.#closed) events.onClosed();
    });
    this.#pc.onLocalCandidate((candidate, mid) => this.#candidates.push({ candidate, mid }));
    this.#pc.onIceStateChange((state) => {
      if (state === 'connected' || state === 'completed') this.#hasPath = true;
    });
    this.#pc.onStateChange((state) => {
      if (!this.#closed && (state === 'failed' || state === 'closed')) events.onClosed();
    });
  }

  /** Candidates found up to now. */
  get candidates(): readonly Candidate[] {
    return this.#candidates;
  }

  /** Whether ICE has ever found a way to the other side. */
  get hasPath(): boolean {
    return this.#hasPath;
  }

  /** Whether everything native has been closed. */
  get released(): boolean {
    return this.#closed && this.#tracksClosed > this.#videos.length;
  }

  /** An offer without candidates; all have been gathered when it resolves. */
  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#pc.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
    this.#pc.setLocalDescription('offer');
    if (this.#pc.gatheringState() !== 'complete') await gathered;
    const description = this.#pc.localDescription();
    if (description === null) throw new Error('no local description');
    return description.sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '');
  }

  accept(answer: string): void {
    this.#pc.setRemoteDescription(answer, 'answer');
  }

  /** False when it cannot be sent any more. */
  sendFrame(text: string): boolean {
    if (this.#closed || !this.#channel.isOpen()) return false;
    this.#channel.sendMessage(text);
    return true;
  }

  sendPacket(packet: Buffer): void {
    if (this.#closed || !this.#voice.isOpen()) return;
    try {
      this.#voice.sendMessageBinary(packet);
    } catch {
      // Closed between the two calls.
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const native of [this.#channel, this.#voice, ...this.#videos, this.#pc]) {
      try {
        native.close();
      } catch {
        // Closed already by the other side.
      }
    }
  }
}
