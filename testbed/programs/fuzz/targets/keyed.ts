import { RtpHeader } from 'werift';
import type { FuzzBot } from '../fuzz-bot';
import { KeyedPeer } from '../keyed-peer';
import { mutateBytes } from '../mutate';
import type { Random } from '../random';
import type { OpenTarget, Target } from '../target';
import { clientMessage } from '../rtvi-message';

/** What a client with agreed keys sends; it calls again when the bot has had enough of it. */
class KeyedTarget implements OpenTarget {
  readonly #bot: FuzzBot;
  readonly #attack: (peer: KeyedPeer, random: Random) => Promise<void>;
  #peer: KeyedPeer;

  private constructor(bot: FuzzBot, peer: KeyedPeer, attack: (peer: KeyedPeer, random: Random) => Promise<void>) {
    this.#bot = bot;
    this.#peer = peer;
    this.#attack = attack;
  }

  static target(name: string, attack: (peer: KeyedPeer, random: Random) => Promise<void>): Target {
    return { name, open: async (bot) => new KeyedTarget(bot, await KeyedPeer.connect(bot), attack) };
  }

  async send(random: Random): Promise<void> {
    if (!this.#peer.isOpen) {
      await this.close();
      this.#peer = await KeyedPeer.connect(this.#bot);
    }
    await this.#attack(this.#peer, random);
    // Let what was sent be read: loopback has a buffer, and this process is not all there is.
    if (random.chance(0.05)) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    await this.#bot.end(this.#peer.callId);
    await this.#peer.close();
  }
}

export const rtcp = KeyedTarget.target('rtcp', (peer, random) => peer.sendRtcp(rtcpCompound(random)));

export const rtp = KeyedTarget.target('rtp', async (peer, random) => {
  if (random.chance(0.05)) return peer.sendBytes(mutateBytes(random.pick(OTHER_PACKETS), random));
  const extension = random.chance(0.3);
  const header = new RtpHeader({
    version: random.chance(0.95) ? 2 : random.integer(0, 3),
    padding: random.chance(0.1),
    paddingSize: random.integer(0, 255),
    marker: random.chance(0.5),
    payloadType: random.chance(0.8) ? 111 : random.integer(0, 127),
    sequenceNumber: random.integer(0, 65_535),
    timestamp: random.chance(0.5) ? random.integer(0, 100) * 960 : random.integer(0, 2 ** 32 - 1),
    ssrc: random.chance(0.9) ? 7 : random.integer(0, 2 ** 32 - 1),
    csrc: Array.from({ length: random.chance(0.1) ? random.integer(1, 15) : 0 }, (_, n) => n),
    extension,
    extensions: extension
      ? Array.from({ length: random.integer(0, 4) }, () => ({
          id: random.integer(1, 14),
          payload: random.bytes(random.integer(1, 16)),
        }))
      : [],
  });
  await peer.sendRtp(header, opusPayload(random));
});

export const dataChannel = KeyedTarget.target('data-channel', (peer, random) => {
  if (random.chance(0.2)) peer.channel.send(random.bytes(random.integer(0, 2_000)));
  else if (random.chance(0.003)) peer.channel.send('x'.repeat(random.integer(1, 300_000)));
  else {
    const text = random.chance(0.1) ? `ping: ${random.integer(0, 9e12)}` : JSON.stringify(clientMessage(random));
    const bytes = random.chance(0.3) ? mutateBytes(Buffer.from(text), random) : Buffer.from(text);
    peer.channel.send(random.chance(0.05) ? bytes : bytes.toString());
  }
  return Promise.resolve();
});

const OTHER_PACKETS: readonly [Buffer, ...Buffer[]] = [
  // A STUN binding request, a DTLS ClientHello's beginning, a ChannelData message of TURN.
  Buffer.from('000100002112a442000102030405060708090a0b', 'hex'),
  Buffer.from('16fefd0000000000000000000c0100000000000000000000', 'hex'),
  Buffer.from('4000000411223344', 'hex'),
];

/** Payloads of Opus: every configuration and code, with frames that are what their lengths say or are not. */
function opusPayload(random: Random): Buffer {
  const toc = random.integer(0, 255);
  if (random.chance(0.2)) return Buffer.from([0xf8, 0xff, 0xfe]);
  const count = random.integer(0, 255);
  const lengths = Buffer.from(Array.from({ length: random.integer(0, 6) }, () => random.integer(0, 255)));
  const frames = random.bytes(random.chance(0.1) ? random.integer(0, 1_200) : random.integer(0, 60));
  return Buffer.concat([Buffer.from((toc & 3) === 3 ? [toc, count] : [toc]), lengths, frames]);
}

/** Up to four RTCP packets, whose counts and lengths are mostly true. */
function rtcpCompound(random: Random): Buffer {
  const packets = Buffer.concat(Array.from({ length: random.integer(1, 4) }, () => rtcpPacket(random)));
  // What is encrypted has a sender, which is in the second word.
  return packets.length < 8 ? Buffer.concat([packets, Buffer.alloc(8 - packets.length)]) : packets;
}

function rtcpPacket(random: Random): Buffer {
  const type = random.chance(0.9) ? random.integer(200, 207) : random.integer(192, 223);
  const body = random.chance(0.1) ? mutateBytes(rtcpBody(type, random), random) : rtcpBody(type, random);
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const words = random.chance(0.9) ? padded.length / 4 : random.integer(0, 65_535);
  const count = random.chance(0.7) ? 1 : random.integer(0, 31);
  const header = Buffer.from([0x80 | (random.chance(0.05) ? 0x20 : 0) | count, type, words >> 8, words & 255]);
  return Buffer.concat([header, padded]);
}

function rtcpBody(type: number, random: Random): Buffer {
  const ssrc = Buffer.from([0, 0, 0, random.integer(0, 9)]);
  switch (type) {
    case 200:
      return Buffer.concat([ssrc, random.bytes(20), random.bytes(24 * random.integer(0, 3))]);
    case 201:
      return Buffer.concat([ssrc, random.bytes(24 * random.integer(0, 3))]);
    case 202: {
      const items = Array.from({ length: random.integer(0, 3) }, () => {
        const text = random.bytes(random.integer(0, 12));
        // A length beyond the packet's end is what readers trip over.
        return Buffer.concat([
          Buffer.from([random.integer(0, 8), random.chance(0.7) ? text.length : random.integer(0, 255)]),
          text,
        ]);
      });
      return Buffer.concat([ssrc, ...items, Buffer.alloc(random.integer(0, 4))]);
    }
    case 203:
      return Buffer.concat([ssrc, Buffer.from([random.integer(0, 255)]), random.bytes(random.integer(0, 8))]);
    case 204:
      return Buffer.concat([ssrc, Buffer.from('FUZZ'), random.bytes(random.integer(0, 16))]);
    default:
      // Feedback and reports: NACK, TWCC, PLI, FIR, REMB, XR.
      return Buffer.concat([ssrc, ssrc, random.chance(0.3) ? Buffer.from('REMB') : random.bytes(4), random.bytes(8)]);
  }
}
