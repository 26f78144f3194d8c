import type { RTCDataChannel, RTCPeerConnection, RtpHeader } from 'werift';
import { weriftPeer } from '../../clients/other-stacks/werift-peer';
import type { FuzzBot } from './fuzz-bot';
import { ask } from './http-client';

const OPEN_WITHIN_MS = 10_000;
const FROM = '127.0.0.3';

/** A client that has agreed on keys with the bot, and sends under them whatever it likes. */
export class KeyedPeer {
  readonly #pc: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  readonly callId: string;

  private constructor(pc: RTCPeerConnection, channel: RTCDataChannel, callId: string) {
    this.#pc = pc;
    this.channel = channel;
    this.callId = callId;
  }

  /** A call with a microphone, a camera and a data channel. @throws Error when it does not come about */
  static async connect(bot: FuzzBot): Promise<KeyedPeer> {
    const pc = weriftPeer();
    pc.addTransceiver('audio', { direction: 'sendrecv' });
    pc.addTransceiver('video', { direction: 'sendrecv' });
    const channel = pc.createDataChannel('chat');
    try {
      const open = new Promise<void>((resolve, reject) => {
        channel.onopen = () => resolve();
        setTimeout(() => reject(new Error("the attacker's connection did not open")), OPEN_WITHIN_MS).unref();
      });
      await pc.setLocalDescription(await pc.createOffer());
      const post = async (path: string, body: object): Promise<Record<string, string>> => {
        const headers = { 'Content-Type': 'application/json' };
        const answer = await ask(bot.url, { method: 'POST', path, headers, body: JSON.stringify(body), from: FROM });
        if (answer.status !== 200) throw new Error(`the attacker's call was refused: ${answer.body}`);
        return JSON.parse(answer.body) as Record<string, string>;
      };
      const { sessionId = '' } = await post('/start', {});
      const offer = { sdp: pc.localDescription?.sdp ?? '', type: 'offer' };
      const { sdp = '' } = await post(`/sessions/${sessionId}/api/offer`, offer);
      // It sends more than the bot says it takes.
      const unbounded = sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:1000000');
      await pc.setRemoteDescription({ type: 'answer', sdp: unbounded });
      await open;
      return new KeyedPeer(pc, channel, sessionId);
    } catch (error) {
      await pc.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.channel.readyState === 'open';
  }

  async sendRtcp(plain: Buffer): Promise<void> {
    const { dtls } = this;
    await dtls.iceTransport.connection.send(dtls.srtcp.encrypt(plain));
  }

  async sendRtp(header: RtpHeader, payload: Buffer): Promise<void> {
    const { dtls } = this;
    await dtls.iceTransport.connection.send(dtls.srtp.encrypt(payload, header));
  }

  /** Bytes on the connection's path, not encrypted at all: as STUN, DTLS or SRTP, by their first byte. */
  async sendBytes(bytes: Buffer): Promise<void> {
    await this.dtls.iceTransport.connection.send(bytes);
  }

  async close(): Promise<void> {
    await this.#pc.close();
  }

  private get dtls() {
    const [transport] = this.#pc.dtlsTransports;
    if (transport === undefined) throw new Error('no DTLS');
    return transport;
  }
}
