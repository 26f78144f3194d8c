import { Beat, type BadLine } from '../../../smoke/caller';
import { Microphone } from '../../../smoke/caller/microphone';
import { unpackRtp } from '../../../smoke/caller/rtp';

/** So many packets of silence over a line, as they are sent. */
async function sentOver(line: BadLine | undefined, count: number): Promise<readonly Buffer[]> {
  const libopus = await import('libopus-wasm');
  const packets: Buffer[] = [];
  let enough: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => (enough = resolve));
  const send = (packet: Buffer): void => {
    packets.push(packet);
    if (packets.length === count) enough();
  };
  const microphone = await Microphone.open(libopus, { ssrc: 1, beat: new Beat(), send, line });
  await sent;
  microphone.stop();
  return packets;
}

const sequencesOf = (packets: readonly Buffer[]): readonly number[] => {
  const all = packets.map((packet) => unpackRtp(packet)?.header.sequence ?? NaN);
  return all.map((sequence) => (sequence - (all[0] ?? 0) + 0x1_0000) % 0x1_0000);
};

it('sends what the line makes of silence, too, and not what the line loses: its number is missing', async () => {
  let asked = 0;
  const hiss: BadLine = {
    carry: (frame) => frame.map((_, at) => (at % 2 === 0 ? 900 : -900)),
    isLost: () => (asked += 1) % 3 === 0,
  };
  const packets = await sentOver(hiss, 6);
  expect(sequencesOf(packets)).toEqual([0, 1, 3, 4, 6, 7]);
  const { createDecoder } = await import('libopus-wasm');
  const decoder = await createDecoder({ channels: 1, sampleRate: 16_000 });
  const heard = packets.map((packet) => decoder.decode(unpackRtp(packet)?.payload ?? Buffer.alloc(0)));
  decoder.free();
  expect(Math.max(...heard.map((pcm) => Math.max(...pcm.map(Math.abs))))).toBeGreaterThan(300);
});

it('sends all of its silence over a good line', async () => {
  expect(sequencesOf(await sentOver(undefined, 4))).toEqual([0, 1, 2, 3]);
});
