import { releaseWebRtc } from '../../support/release-webrtc';
import type { RtviMessage } from '../../../bot/rtvi/messages';
import { Caller, RefusedError } from '../../../smoke/caller';
import { MessageLog } from '../../../smoke/caller/message-log';
import { Recorder } from '../../../smoke/caller/recorder';
import { packRtp, unpackRtp } from '../../../smoke/caller/rtp';
import { WebRtcBot } from '../../support/webrtc-bot';

const event = (type: string): RtviMessage => ({ label: 'rtvi-ai', type });

test('the log finds messages that came before and those that come later', async () => {
  const log = new MessageLog();
  log.add(event('a'));
  const later = log.waitFor((message) => message.type === 'b', 1_000);
  log.add(event('b'));
  expect((await log.waitFor((message) => message.type === 'a', 1_000)).message.type).toBe('a');
  expect((await later).message.type).toBe('b');
  await expect(log.waitFor((message) => message.type === 'a', 10, 1)).rejects.toThrow('within 10 ms; came: b');
});

test('who waits for a message is told when the call ends first', async () => {
  const log = new MessageLog();
  const waiting = log.waitFor(() => true, 60_000);
  log.close();
  await expect(waiting).rejects.toThrow('before the call ended; came: none');
  await expect(log.waitFor(() => true, 60_000)).rejects.toThrow('before the call ended');
});

test('the recorder counts what is missing, out of turn or out of time', () => {
  const recorder = new Recorder(undefined);
  const header = { payloadType: 111, marker: false, ssrc: 1 };
  const take = (sequence: number, timestamp: number): void =>
    recorder.take(packRtp({ ...header, sequence, timestamp }, Uint8Array.of(1)));
  take(65_535, 4_294_966_336);
  take(0, 0);
  take(3, 2_880);
  take(2, 1_920);
  take(4, 9_600);
  expect(recorder.counts).toMatchObject({ packets: 5, missing: 2, reordered: 1, timestampJumps: 1 });
});

test('RTP is written and read; RTCP is not RTP', () => {
  const header = { payloadType: 111, marker: true, sequence: 7, timestamp: 960, ssrc: 99 };
  expect(unpackRtp(packRtp(header, Uint8Array.of(5)))).toEqual({ header, payload: Buffer.of(5) });
  expect(unpackRtp(Buffer.from('80c80006deadbeef000000000000000000000000', 'hex'))).toBeUndefined();
});

test('a refusal of the bot is told with its status', async () => {
  const bot = await WebRtcBot.open();
  const calling = Caller.connect({ baseUrl: bot.baseUrl, startPath: '/nowhere/start' });
  await expect(calling).rejects.toThrow(RefusedError);
  await expect(calling).rejects.toMatchObject({ status: 404 });
  await bot.close();
  releaseWebRtc();
});
