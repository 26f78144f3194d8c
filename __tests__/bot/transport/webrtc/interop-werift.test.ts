import { RtcpSourceDescriptionPacket, RtcpSrPacket } from 'werift';
import { OpusCodec } from '../../../../bot/transport/webrtc/opus';
import { WeriftClient, type WeriftOptions } from '../../../../testbed/clients/other-stacks/werift-client';
import { dominantHz, tone } from '../../../../testbed/speech/audio-analysis';
import { eventually } from '../../../support/eventually';
import { freeUdpPort } from '../../../support/free-udp-port';
import { releaseWebRtc } from '../../../support/release-webrtc';
import { BotSide, WebRtcBot } from '../../../support/webrtc-bot';

/* Another stack's offers, as it writes them and as others do, in real calls on loopback. */
const bots: WebRtcBot[] = [];
const clients: WeriftClient[] = [];
let opus: OpusCodec;

beforeAll(async () => {
  opus = await OpusCodec.load();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.hangUp()));
  await Promise.all(bots.splice(0).map((bot) => bot.close()));
});

afterAll(() => {
  releaseWebRtc();
});

const asItIs = (sdp: string): string => sdp;

type CallOptions = Omit<WeriftOptions, 'post'> & {
  /** Changes the offer on its way. */
  readonly rewrite?: (sdp: string) => string;
  /** And the answer on its way back. */
  readonly answered?: (sdp: string) => string;
  readonly udpPort?: number;
};

/** A call, and the bot's side of it. */
async function call(
  options: CallOptions = {},
): Promise<{ client: WeriftClient; side: BotSide; beats: (count: number) => Promise<void> }> {
  const { rewrite = asItIs, answered = asItIs, udpPort, ...others } = options;
  const bot = await WebRtcBot.open(udpPort === undefined ? {} : { udpPort });
  bots.push(bot);
  let pcId: string | undefined;
  const post = async (sdp: string): Promise<string> => {
    if (pcId !== undefined) return (await bot.gateway.renegotiate({ sdp, type: 'offer', pcId })).sdp;
    const { answer, transport } = await bot.gateway.accept({ sdp: rewrite(sdp), type: 'offer' });
    pcId = answer.pc_id;
    bot.calls.push(new BotSide(transport));
    return answered(answer.sdp);
  };
  const client = await WeriftClient.call({ ...others, post });
  clients.push(client);
  const side = bot.call;
  await side.until('joined');
  const beats = (count: number): Promise<void> =>
    new Promise((resolve) => {
      let left = count;
      const unsubscribe = bot.ticker.subscribe(() => {
        left -= 1;
        if (left > 0) return;
        unsubscribe();
        resolve();
      });
    });
  return { client, side, beats };
}

/** Half a second of a tone. */
async function spoken(hz: number): Promise<readonly Uint8Array[]> {
  const encoder = await opus.createEncoder();
  const pcm = tone(hz, 600, 24_000);
  const packets = Array.from({ length: 30 }, (_, index) =>
    encoder.encode(pcm.subarray(index * 480, (index + 1) * 480)),
  );
  encoder.free();
  return packets;
}

/** What the bot hears of it, in Hz. */
async function hzHeard(
  client: WeriftClient,
  side: BotSide,
  hz: number,
  ssrc: number,
  payloadType = 96,
): Promise<number> {
  const before = side.heard.length;
  await client.say(await spoken(hz), ssrc, payloadType);
  await eventually(() => side.heard.length - before >= 8_000, 'half a second of audio');
  return dominantHz(side.heard.subarray(side.heard.length - 4_096), 16_000);
}

test('V11: werift and the bot hear each other; sender reports and names come with the voice', async () => {
  const { client, side } = await call();
  expect(await hzHeard(client, side, 440, 7)).toBeCloseTo(440, -1);
  await eventually(() => client.rtp.length > 10, 'the voice of the bot');
  const reports = (): RtcpSrPacket[] => client.rtcp.filter((packet) => packet instanceof RtcpSrPacket);
  await eventually(() => reports().length > 0, 'a sender report');
  expect(reports()[0]?.ssrc).toBe(client.rtp[0]?.header.ssrc);
  expect(client.rtcp.some((packet) => packet instanceof RtcpSourceDescriptionPacket)).toBe(true);
});

test('V2: without a=ssrc the caller is heard, and when the SSRC changes', async () => {
  const { client, side } = await call({ rewrite: (sdp) => sdp.replace(/a=ssrc.*\r\n/g, '') });
  expect(await hzHeard(client, side, 440, 7)).toBeCloseTo(440, -1);
  expect(await hzHeard(client, side, 660, 8)).toBeCloseTo(660, -1);
});

test('V4, V10, W4: a channel of any name, a fax, and SHA-1 beside SHA-256 are no reason to refuse', async () => {
  const sha1 = `a=fingerprint:sha-1 ${'AB:'.repeat(19)}AB`;
  const { client, side } = await call({
    label: 'anything',
    rewrite: (sdp) => `${sdp.replace(/^a=fingerprint/gm, `${sha1}\r\na=fingerprint`)}m=image 0 udptl t38\r\n`,
    answered: (sdp) => sdp.slice(0, sdp.indexOf('m=image 0 ')),
  });
  client.sendFrame(JSON.stringify({ label: 'rtvi-ai', type: 'client-ready', id: '1', data: { version: '2.1.0' } }));
  await side.until('client-ready');
});

test.each([
  ['sendonly', 'recvonly', false],
  ['inactive', 'inactive', false],
  ['recvonly', 'sendonly', true],
] as const)('V3: a client that offers %s is answered with %s, and sent to: %s', async (offered, answer, isSentTo) => {
  const { client, beats } = await call({
    rewrite: (sdp) => sdp.replace('a=sendrecv', `a=${offered}`),
    answered: (sdp) => {
      expect(sdp).toContain(`a=${answer}\r\n`);
      return sdp;
    },
  });
  await beats(25);
  if (isSentTo) await eventually(() => client.rtp.length > 10, 'the voice of the bot');
  else expect(client.rtp).toEqual([]);
});

test('V9: Opus may have another number in a further offer', async () => {
  const { client, side } = await call();
  // Not in a fingerprint, where any number may stand.
  const numbered = client
    .offerText()
    .replace(/^(?:m=audio |a=(?:rtpmap|fmtp|rtcp-fb):).*$/gm, (line) => line.replace(/\b96\b/, '120'));
  const answer = await client.offerAgain(numbered);
  expect(answer).toContain('a=rtpmap:120 opus/48000/2');
  expect(await hzHeard(client, side, 440, 7, 120)).toBeCloseTo(440, -1);
  await eventually(() => client.rtp.some((packet) => packet.header.payloadType === 120), 'packets of the new number');
});

test('V5: an ICE-lite client connects although all calls share one UDP port', async () => {
  // As DTLS client, or werift numbers its channel by its part in ICE, against RFC 8832 §6.
  const rewrite = (sdp: string): string => sdp.replace(/a=setup:actpass/g, 'a=setup:active');
  const { client, side } = await call({ iceLite: true, udpPort: await freeUdpPort(), rewrite });
  expect(await hzHeard(client, side, 440, 7)).toBeCloseTo(440, -1);
});

test('V8: an offer without BUNDLE is refused at once, with the reason', async () => {
  const apart = call({ rewrite: (sdp) => sdp.replace(/a=group:BUNDLE.*\r\n/, '') });
  await expect(apart).rejects.toMatchObject({
    code: 'sdp_invalid',
    message: expect.stringMatching(/max-bundle/) as string,
  });
});
