import { RtcpReceiverInfo, RtcpRrPacket, RtcpSourceDescriptionPacket, RtcpSrPacket, RtcpPacketConverter } from 'werift';
import { lossOf, senderReportsIn, writeReport } from '../../../../bot/transport/webrtc/rtcp';
import { RtcpSession } from '../../../../bot/transport/webrtc/rtcp-session';
import { writeRtp } from '../../../../bot/transport/webrtc/rtp';
import { FakeClock } from '../../../support/fake-clock';

/* Read and written by another stack's code. */
const BLOCK = {
  ssrc: 9,
  fractionLost: 25,
  cumulativeLost: -3,
  extendedHighestSequence: 70_000,
  jitter: 12,
  lastSr: 0x8765_4321,
  delaySinceLastSr: 65_536,
};

test('V11: a sender report is followed by the source description', () => {
  const bytes = writeReport(7, 'a-name', { epochMs: 1_500, rtpTimestamp: 960, packets: 3, octets: 90 }, BLOCK);
  const [report, description] = RtcpPacketConverter.deSerialize(bytes);
  if (!(report instanceof RtcpSrPacket) || !(description instanceof RtcpSourceDescriptionPacket))
    throw new Error('no SR');
  expect(report.ssrc).toBe(7);
  expect(report.senderInfo.ntpTimestamp).toBe(((2_208_988_800n + 1n) << 32n) | 0x8000_0000n);
  expect(report.senderInfo).toMatchObject({ rtpTimestamp: 960, packetCount: 3, octetCount: 90 });
  expect(report.reports[0]).toMatchObject({ ssrc: 9, fractionLost: 25, highestSequence: 70_000, jitter: 12 });
  expect(report.reports[0]).toMatchObject({ lsr: 0x8765_4321, dlsr: 65_536, packetsLost: 0xff_fffd });
  expect(description.chunks[0]?.source).toBe(7);
  expect(description.chunks[0]?.items[0]).toMatchObject({ type: 1, text: 'a-name' });
});

test('without a voice of ours it is a receiver report', () => {
  const [report] = RtcpPacketConverter.deSerialize(writeReport(7, 'abc', undefined, BLOCK));
  expect(report).toBeInstanceOf(RtcpRrPacket);
});

test('P1: what comes is read to its end whatever its lengths claim', () => {
  const good = writeReport(7, 'x', { epochMs: 0, rtpTimestamp: 0, packets: 0, octets: 0 }, undefined);
  expect(senderReportsIn(good)).toEqual([{ ssrc: 7, ntpMiddle: 0x7e80_0000 }]);
  for (const hex of ['', '80', '81ca0002', '81ca00020000000101ff4141', '80c8ffff00000000', '00000000', '80c80000']) {
    expect(senderReportsIn(Buffer.from(hex, 'hex'))).toEqual([]);
  }
});

test("what the client lost of our voice is read from reports of both kinds, another stack's too", () => {
  const asReceiver = writeReport(7, 'x', undefined, BLOCK);
  const asSender = writeReport(7, 'x', { epochMs: 0, rtpTimestamp: 0, packets: 0, octets: 0 }, BLOCK);
  const werifts = new RtcpRrPacket({
    ssrc: 1,
    reports: [
      { ssrc: 5, fractionLost: 1 },
      { ssrc: 9, fractionLost: 128 },
    ].map(
      (block) => new RtcpReceiverInfo({ packetsLost: 0, highestSequence: 0, jitter: 0, lsr: 0, dlsr: 0, ...block }),
    ),
  }).serialize();
  expect([asReceiver, asSender, werifts].map((bytes) => lossOf(9, bytes))).toEqual([25 / 256, 25 / 256, 0.5]);
  expect(lossOf(8, asReceiver)).toBeUndefined();
  for (const cut of [Buffer.alloc(0), asReceiver.subarray(0, 20), Buffer.from('9fc9000100000000', 'hex')])
    expect(lossOf(9, cut)).toBeUndefined();
});

test('V11: the first report comes after a second, and then one each 5 s; what was heard is in them', () => {
  const clock = new FakeClock();
  const session = new RtcpSession(7, 'name', clock);
  const voice = { payloadType: 111, timestamp: 0, marker: false, payload: new Uint8Array(30) };
  const due: number[] = [];
  for (let beat = 0; beat < 600; beat += 1) {
    session.sent(writeRtp({ ...voice, ssrc: 7, sequence: beat, timestamp: beat * 960 }));
    session.received({ ...voice, ssrc: 9, sequence: beat, timestamp: beat * 960 });
    const report = session.due();
    if (report !== undefined) {
      due.push(beat * 20);
      const [sent] = RtcpPacketConverter.deSerialize(report);
      if (!(sent instanceof RtcpSrPacket)) throw new Error('no SR');
      expect(sent.senderInfo).toMatchObject({ packetCount: beat + 1, octetCount: (beat + 1) * 30 });
      expect(sent.reports[0]).toMatchObject({ ssrc: 9, highestSequence: beat, packetsLost: 0 });
    }
    clock.advance(20);
  }
  expect(due).toEqual([1_000, 6_000, 11_000]);
});
