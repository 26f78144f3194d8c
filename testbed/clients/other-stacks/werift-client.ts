import { type RtcpPacket, type RTCPeerConnection, RtpHeader, type RtpPacket } from 'werift';
import { weriftPeer } from './werift-peer';

export interface WeriftOptions {
  readonly label?: string;
  readonly iceLite?: boolean;
  /** Takes an offer to the bot, and returns its answer. */
  readonly post: (sdp: string) => Promise<string>;
}

/** A caller by werift: WebRTC in TypeScript, which shares nothing with what the bot is made of. On loopback only. */
export class WeriftClient {
  readonly #pc: RTCPeerConnection;
  readonly #transceiver: ReturnType<RTCPeerConnection['addTransceiver']>;
  readonly #channel: ReturnType<RTCPeerConnection['createDataChannel']>;
  readonly #post: WeriftOptions['post'];
  /** What came, in order. */
  readonly rtp: RtpPacket[] = [];
  readonly rtcp: RtcpPacket[] = [];
  #sequence = 100;

  private constructor({ label = 'chat', iceLite = false, post }: WeriftOptions) {
    this.#post = post;
    this.#pc = weriftPeer({ iceLite });
    this.#transceiver = this.#pc.addTransceiver('audio', { direction: 'sendrecv' });
    this.#pc.addTransceiver('video', { direction: 'sendrecv' });
    this.#channel = this.#pc.createDataChannel(label);
  }

  /** Resolves when the data channel is open. */
  static async call(options: WeriftOptions): Promise<WeriftClient> {
    const client = new WeriftClient(options);
    try {
      await client.#connect();
      return client;
    } catch (error) {
      await client.hangUp();
      throw error;
    }
  }

  /** The offer with its candidates on loopback. */
  offerText(): string {
    const sdp = this.#pc.localDescription?.sdp ?? '';
    return sdp.replace(/^a=candidate:(?!.* 127\.0\.0\.1 ).*\r\n/gm, '');
  }

  /** Offers again what werift itself does not know of, such as other numbers for codecs. */
  offerAgain(sdp: string): Promise<string> {
    return this.#post(sdp);
  }

  sendFrame(text: string): void {
    this.#channel.send(text);
  }

  /** Sends Opus packets of 20 ms, one after the other. */
  async say(packets: readonly Uint8Array[], ssrc: number, payloadType = 96): Promise<void> {
    for (const packet of packets) {
      this.#sequence += 1;
      const header = new RtpHeader({
        payloadType,
        sequenceNumber: this.#sequence,
        timestamp: this.#sequence * 960,
        ssrc,
      });
      await this.#transceiver.dtlsTransport.sendRtp(Buffer.from(packet), header);
    }
  }

  /** Sends any RTCP, encrypted with the agreed keys. */
  async sendRtcp(bytes: Buffer): Promise<void> {
    const { srtcp, iceTransport } = this.#transceiver.dtlsTransport;
    await iceTransport.connection.send(srtcp.encrypt(bytes));
  }

  hangUp(): Promise<void> {
    return this.#pc.close();
  }

  async #connect(): Promise<void> {
    const open = new Promise<void>((resolve) => (this.#channel.onopen = () => resolve()));
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: await this.#post(this.offerText()) });
    const { dtlsTransport } = this.#transceiver;
    dtlsTransport.onRtp.subscribe((packet) => this.rtp.push(packet));
    dtlsTransport.onRtcp.subscribe((packet) => this.rtcp.push(packet));
    await open;
  }
}
