import type { Ticker } from '../../../../bot/time/ticker';
import { OpusCodec } from '../../../../bot/transport/webrtc/opus';
import type { VoiceEncoder } from '../../../../bot/transport/webrtc/opus';
import type { RtpPacket } from '../../../../bot/transport/webrtc/rtp';
import { parseRtp } from '../../../../bot/transport/webrtc/rtp';
import { opusPacketMs } from '../../../../bot/transport/webrtc/opus-packet';
import { PacedSender } from '../../../../bot/transport/webrtc/sender';
import { tone } from '../../../../testbed/speech/audio-analysis';
import { FakeClock } from '../../../support/fake-clock';
import { strictBeat } from '../../../support/strict-beat';

let encoder: VoiceEncoder;
let clock: FakeClock;
let ticker: Ticker;
let sender: PacedSender;
let sent: RtpPacket[];

beforeEach(async () => {
  encoder = await (await OpusCodec.load()).createEncoder();
  clock = new FakeClock();
  ticker = strictBeat(clock);
  sent = [];
  sender = new PacedSender({
    encoder,
    ticker,
    clock,
    ssrc: 7,
    payloadType: 111,
    maxPacketMs: Infinity,
    firstSequence: 65_534,
    firstTimestamp: 4_294_967_000,
    send: (bytes) => {
      const packet = parseRtp(bytes);
      if (packet !== undefined) sent.push(packet);
    },
  });
});

afterEach(() => {
  sender.stop();
  encoder.free();
  expect(clock.pendingTimers).toBe(0);
});

test('from the first moment a packet goes out each 20 ms, of silence as long as there is nothing to say', () => {
  clock.advance(100);
  expect(sent.map((packet) => packet.sequence)).toEqual([65_534, 65_535, 0, 1, 2]);
  expect(sent.map((packet) => packet.timestamp)).toEqual([4_294_967_000, 664, 1_624, 2_584, 3_544]);
  expect(sent.some((packet) => packet.marker)).toBe(false);
});

test('the first packet of speech after silence is marked', () => {
  clock.advance(40);
  sender.play(tone(400, 60, 24_000));
  clock.advance(80);
  sender.play(tone(400, 20, 24_000));
  clock.advance(20);
  expect(sent.map((packet) => packet.marker)).toEqual([false, false, true, false, false, false, true]);
});

test('what is queued is reported, and goes down by 20 ms each packet', () => {
  sender.play(tone(400, 50, 24_000));
  expect(sender.queuedMs).toBe(50);
  clock.advance(20);
  expect(sender.queuedMs).toBe(30);
  clock.advance(40);
  expect(sender.queuedMs).toBe(0);
});

test('after a flush one faded packet goes out, then silence; it resolves when that is sent', async () => {
  sender.play(tone(400, 1_000, 24_000));
  clock.advance(100);
  let flushed = false;
  const flushing = sender.flush().then(() => {
    flushed = true;
  });
  expect(sender.queuedMs).toBeLessThanOrEqual(5);
  await Promise.resolve();
  expect(flushed).toBe(false);
  clock.advance(20);
  await flushing;
  expect(sender.queuedMs).toBe(0);
  await sender.flush();
});

test('an event loop that stalls is caught up, packet by packet', () => {
  clock.advance(20);
  clock.stall(200);
  clock.advance(0);
  clock.advance(20);
  expect(sent).toHaveLength(12);
  expect(
    new Set(sent.slice(1).map((packet, index) => (packet.timestamp - (sent[index]?.timestamp ?? 0)) >>> 0)),
  ).toEqual(new Set([960]));
});

test('after a stall too long to catch up the timestamp follows the clock, the sequence goes on', () => {
  clock.advance(40);
  clock.stall(2_000);
  clock.advance(40);
  const [before, after] = [sent[1], sent[2]];
  expect(((after?.sequence ?? 0) - (before?.sequence ?? 0)) & 0xffff).toBe(1);
  const jumpMs = (((after?.timestamp ?? 0) - (before?.timestamp ?? 0)) >>> 0) / 48;
  expect(jumpMs).toBeGreaterThan(1_950);
  expect(jumpMs).toBeLessThan(2_050);
});

test('silence costs one kept packet, and is the same for ever', () => {
  sender.play(tone(400, 40, 24_000));
  clock.advance(2_000);
  const silence = sent.slice(-50).map((packet) => Buffer.from(packet.payload).toString('hex'));
  expect(new Set(silence).size).toBe(1);
  expect(sent.at(-1)?.payload.length).toBeLessThan(50);
});

test('audio without end is refused rather than kept', () => {
  for (let second = 0; second < 60; second += 1) sender.play(new Int16Array(24_000));
  expect(sender.queuedMs).toBe(30_000);
  expect(sender.refusedMs).toBe(30_000);
});

test('once stopped nothing is sent, taken or waited for', async () => {
  sender.play(tone(400, 200, 24_000));
  const flushing = sender.flush();
  sender.stop();
  await flushing;
  sender.play(tone(400, 200, 24_000));
  clock.advance(100);
  expect(sent).toEqual([]);
  expect(sender.queuedMs).toBe(0);
  expect(ticker.listenerCount).toBe(0);
});

test.each([
  [10, 2],
  [15, 2],
  [5, 4],
  [2.5, 4],
  [40, 1],
])('V11: a client that wants packets of at most %d ms gets %d each 20 ms', (maxPacketMs, count) => {
  sender.follow({ payloadType: 120, maxPacketMs });
  sender.play(tone(440, 40, 24_000));
  clock.advance(60);
  expect(sent).toHaveLength(3 * count);
  expect(sent.every((packet) => packet.payloadType === 120)).toBe(true);
  const steps = sent.slice(1).map((packet, index) => (packet.timestamp - (sent[index]?.timestamp ?? 0)) >>> 0);
  expect(new Set(steps)).toEqual(new Set([960 / count]));
  expect(new Set(sent.map((packet) => opusPacketMs(packet.payload)))).toEqual(new Set([20 / count]));
});
