/* A real connection to one other person: audio both ways, nothing else. */
import type { PeerSignal } from '../signals';

export interface PeerOptions {
  readonly localTrack: MediaStreamTrack | undefined;
  send(signal: PeerSignal): void;
  onTrack(track: MediaStreamTrack): void;
}

export class Peer {
  readonly #pc = new RTCPeerConnection({ iceServers: [] });
  readonly #options: PeerOptions;
  #sender: RTCRtpSender | undefined;
  /** Signals are applied one after the other: a candidate may overtake the description it belongs to. */
  #chain: Promise<void> = Promise.resolve();

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      const { candidate: line, ...rest } = candidate.toJSON();
      for (const address of line === undefined ? [] : addressesOf(line)) {
        options.send({ candidate: { ...rest, candidate: address } });
      }
    };
    this.#pc.ontrack = ({ track, transceiver }) => {
      this.#sender ??= transceiver.sender;
      options.onTrack(track);
    };
  }

  /** The newcomer calls. */
  call(): void {
    this.#queue(async () => {
      const { localTrack } = this.#options;
      this.#sender = this.#pc.addTransceiver(localTrack ?? 'audio', { direction: 'sendrecv' }).sender;
      await this.#pc.setLocalDescription();
      this.#sendDescription();
    });
  }

  receive({ description, candidate }: PeerSignal): void {
    this.#queue(async () => {
      if (candidate !== undefined) {
        await this.#pc.addIceCandidate(candidate);
        return;
      }
      if (description === undefined) return;
      await this.#pc.setRemoteDescription(description);
      if (description.type !== 'offer') return;
      const [transceiver] = this.#pc.getTransceivers();
      if (transceiver !== undefined) {
        transceiver.direction = 'sendrecv';
        this.#sender = transceiver.sender;
        await transceiver.sender.replaceTrack(this.#options.localTrack ?? null);
      }
      await this.#pc.setLocalDescription();
      this.#sendDescription();
    });
  }

  async setTrack(track: MediaStreamTrack | null): Promise<void> {
    await this.#sender?.replaceTrack(track);
  }

  close(): void {
    this.#pc.close();
  }

  #queue(step: () => Promise<void>): void {
    this.#chain = this.#chain.then(step).catch((error: unknown) => {
      if (this.#pc.signalingState !== 'closed') console.error('call machine: a signal failed', error);
    });
  }

  #sendDescription(): void {
    const { localDescription } = this.#pc;
    if (localDescription?.type === 'offer' || localDescription?.type === 'answer') {
      this.#options.send({ description: { type: localDescription.type, sdp: localDescription.sdp } });
    }
  }
}

/**
 * Media stays on this machine: whatever address a page tells of itself (a page without a microphone tells a made-up
 * name), Chromium's socket is one of all addresses and answers at 127.0.0.1, too. Firefox's is of the address that it
 * tells, and takes no answer from another. Empty for what is no UDP socket of its own.
 */
function addressesOf(line: string): string[] {
  const parts = line.split(' ');
  if (parts[2]?.toLowerCase() !== 'udp' || !line.includes(' typ host')) return [];
  if (parts[4]?.includes(':') === true) return [];
  if (navigator.userAgent.includes('Firefox')) return [line];
  return [[...parts.slice(0, 4), '127.0.0.1', ...parts.slice(5)].join(' ')];
}
