import type { VoiceDecoder } from '../../../../bot/transport/webrtc/opus';
import { OpusCodec } from '../../../../bot/transport/webrtc/opus';
import { Presence } from '../../../../bot/transport/webrtc/presence';
import { VoiceReceiver } from '../../../../bot/transport/webrtc/receiver';
import type { RtpPacket } from '../../../../bot/transport/webrtc/rtp';
import { seeded } from '../../../../testbed/random';
import { align } from '../../../../testbed/speech/audio-analysis';
import { FakeClock } from '../../../support/fake-clock';

let clock: FakeClock;
let codec: OpusCodec;
let decoder: VoiceDecoder;
let receiver: VoiceReceiver;
let heard: number[];

beforeAll(async () => {
  codec = await OpusCodec.load();
});

beforeEach(async () => {
  clock = new FakeClock();
  decoder = await codec.createDecoder();
  heard = [];
  receiver = new VoiceReceiver({ decoder, clock, presence: new Presence(15_000, 0) });
  receiver.listener = { onAudio: (pcm) => void heard.push(...pcm) };
});

afterEach(() => {
  decoder.free();
});

/** A slowly rising tone, so that each moment is told from the others, as packets. */
async function speech(packetCount: number, ssrc = 1, firstSequence = 65_500): Promise<RtpPacket[]> {
  const encoder = await codec.createEncoder();
  encoder.isProtected = true;
  const sound = sweep(packetCount * 480);
  const packets = Array.from({ length: packetCount }, (_, index) => ({
    payloadType: 111,
    marker: index === 0,
    sequence: (firstSequence + index) & 0xffff,
    timestamp: (4_294_900_000 + index * 960) >>> 0,
    ssrc,
    payload: encoder.encode(sound.subarray(index * 480, (index + 1) * 480)),
  }));
  encoder.free();
  return packets;
}

function sweep(samples: number, rateHz = 24_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, index) => {
    const seconds = index / rateHz;
    return Math.round(12_000 * Math.sin(2 * Math.PI * (200 * seconds + 150 * seconds * seconds)));
  });
}

/** Packets at their time, but for those lost; `delayMs` moves one. */
function deliver(
  packets: readonly RtpPacket[],
  lost: ReadonlySet<number>,
  delayMs: (index: number) => number = () => 0,
): void {
  const arrivals = packets
    .map((packet, index) => ({ packet, atMs: index * 20 + delayMs(index), index }))
    .filter(({ index }) => !lost.has(index))
    .sort((a, b) => a.atMs - b.atMs);
  let now = 0;
  for (const { packet, atMs } of arrivals) {
    for (; now + 20 <= atMs; now += 20) {
      clock.advance(20);
      receiver.poll();
    }
    receiver.take(packet);
  }
  clock.advance(100);
  receiver.poll();
}

test('packets that change places now and then are heard as if they had not', async () => {
  const packets = await speech(100);
  deliver(packets, new Set(), (index) => (index % 7 === 3 ? 25 : 0));
  expect(heard).toHaveLength(100 * 320);
  expect(align(Int16Array.from(heard), sweep(100 * 320, 16_000)).correlation).toBeGreaterThan(0.95);
  expect(receiver.counts).toMatchObject({ packetsReceived: 100, packetsLost: 0, packetsLate: 0 });
});

test('one packet in twenty lost: time does not shrink, and the sound is nearly whole', async () => {
  const packets = await speech(200);
  const lost = new Set(packets.map((_, index) => index).filter((index) => index % 20 === 10));
  deliver(packets, lost);
  expect(heard).toHaveLength(200 * 320);
  expect(align(Int16Array.from(heard), sweep(200 * 320, 16_000)).correlation).toBeGreaterThan(0.9);
  expect(receiver.counts.packetsLost).toBe(10);
});

test('three packets lost in a row leave the time whole', async () => {
  const packets = await speech(60);
  deliver(packets, new Set([30, 31, 32]));
  expect(heard).toHaveLength(60 * 320);
});

test('another source is followed at once, and counts go on', async () => {
  deliver(await speech(10, 1, 100), new Set());
  deliver(await speech(10, 2, 40_000), new Set());
  expect(heard).toHaveLength(20 * 320);
  expect(receiver.counts.packetsReceived).toBe(20);
});

test('a packet that is no Opus is replaced like a lost one', async () => {
  const packets = await speech(20);
  packets[10] = { ...packets[10]!, payload: Uint8Array.of(0xff, 0xff, 0xff) };
  deliver(packets, new Set());
  expect(heard).toHaveLength(20 * 320);
  expect(receiver.counts.packetsUndecodable).toBe(1);
});

test('W5: speech whose packets overtake each other by up to 200 ms is heard as it was said', async () => {
  const random = seeded(3);
  const packets = await speech(400);
  deliver(packets, new Set(), () => random() * 200);
  expect(align(Int16Array.from(heard), sweep(400 * 320, 16_000)).correlation).toBeGreaterThan(0.95);
  expect(receiver.counts.packetsLate).toBeLessThan(20);
});

test('W2: padding and comfort noise between the packets are no loss, and of another source they are nothing', async () => {
  const packets = await speech(60);
  const mixed = packets.flatMap((packet, index) => {
    const sequence = (packet.sequence + index) & 0xffff;
    const padding = { ...packet, sequence: (sequence + 1) & 0xffff, payload: new Uint8Array(0) };
    return [{ ...packet, sequence }, padding, { ...padding, ssrc: 77 }];
  });
  for (const [index, packet] of mixed.entries()) {
    if (index % 3 === 0) clock.advance(20);
    receiver.take(packet);
  }
  expect(heard).toHaveLength(60 * 320);
  expect(receiver.counts).toMatchObject({ packetsReceived: 120, packetsLost: 0 });
});

test.each([2.5, 5])('V7: %d ms packets are all taken, four hundred a second', async (packetMs) => {
  // What libopus makes of silence at this length: a table of contents and a code for nothing.
  const config = packetMs === 2.5 ? 28 : 29;
  const count = 4_000 / packetMs;
  for (let index = 0; index < count; index += 1) {
    clock.advance(packetMs);
    receiver.take({
      payloadType: 111,
      marker: false,
      sequence: index,
      timestamp: index * packetMs * 48,
      ssrc: 1,
      payload: Uint8Array.of(config << 3, 0xff, 0xfe),
    });
  }
  expect(receiver.counts).toMatchObject({ packetsReceived: count, packetsRefused: 0, packetsUndecodable: 0 });
  expect(heard).toHaveLength(4 * 16_000);
});

test('V7: a flood of short packets is refused, and of long ones sooner', () => {
  const send = (config: number, count: number): number => {
    const flooded = new VoiceReceiver({ decoder, clock, presence: new Presence(15_000, 0) });
    for (let sequence = 0; sequence < count; sequence += 1) {
      const payload = Uint8Array.of(config << 3, 0xff, 0xfe);
      flooded.take({ payloadType: 111, marker: false, sequence, timestamp: sequence, ssrc: 1, payload });
    }
    return flooded.counts.packetsReceived;
  };
  expect(send(28, 2_000)).toBe(1_200);
  expect(send(3, 2_000)).toBe(100);
});

test('a flood of packets is refused before it is decoded', async () => {
  const [packet] = await speech(1);
  for (let count = 0; count < 5_000; count += 1) receiver.take({ ...packet!, sequence: count & 0xffff });
  expect(receiver.counts.packetsRefused).toBe(4_700);
  heard = [];
  clock.advance(10_000);
  receiver.take({ ...packet!, sequence: 5_000, ssrc: 2 });
  expect(heard).toHaveLength(320);
});
