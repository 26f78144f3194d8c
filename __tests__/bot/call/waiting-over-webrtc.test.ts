import { rms } from '../../../bot/audio';
import { loadWaitingSound } from '../../../bot/notices';
import { VoiceOutput } from '../../../bot/call/voice-output';
import { Ticker } from '../../../bot/time';
import { OpusCodec } from '../../../bot/transport/webrtc/opus';
import { parseRtp } from '../../../bot/transport/webrtc/rtp';
import { PacedSender } from '../../../bot/transport/webrtc/sender';
import { FakeClock } from '../../support/fake-clock';

/** The loudness of each 20 ms that a caller hears, of whom the sound is taken off after `beforeMs`. */
async function loudnessAfterStop(beforeMs: number): Promise<{ before: number[]; after: number[] }> {
  const codec = await OpusCodec.load();
  const [encoder, decoder] = [await codec.createEncoder(), await codec.createDecoder()];
  const onError = (error: unknown): never => {
    throw error;
  };
  const clock = new FakeClock();
  const ticker = new Ticker({ periodMs: 20, clock, onListenerError: onError });
  const heard: number[] = [];
  const sender = new PacedSender({
    encoder,
    ticker,
    clock,
    ssrc: 7,
    payloadType: 111,
    maxPacketMs: Infinity,
    firstSequence: 0,
    firstTimestamp: 0,
    send: (bytes) => {
      const payload = parseRtp(bytes)?.payload;
      if (payload !== undefined) heard.push(rms(decoder.decode({ kind: 'packet', payload })));
    },
  });
  const output = new VoiceOutput({ transport: sender, ticker, leadMs: 60, onError });
  output.startSound(loadWaitingSound());
  clock.advance(beforeMs);
  const before = heard.splice(0);
  output.stopSound();
  clock.advance(200);
  sender.stop();
  encoder.free();
  decoder.free();
  return { before, after: heard };
}

it('the sound for those who wait is off the line within one packet of 20 ms', async () => {
  const { before, after } = await loudnessAfterStop(300);
  expect(Math.max(...before)).toBeGreaterThan(0.005);
  expect(after).toHaveLength(10);
  // What follows the packet with the fade is the codec's own ringing, 50 dB below full scale and less.
  expect(Math.max(...after.slice(1))).toBeLessThan(0.003);
});
