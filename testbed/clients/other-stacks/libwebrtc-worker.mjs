/* Calls a bot as libwebrtc does, which browsers are made of, by @roamhq/wrtc: in a process of its own, since it cannot share one with
   libdatachannel and never ends by itself. Arguments: the bot's address, and which call. It hangs up when its input ends, and prints
   one line of JSON. */
/* global fetch */
import { text } from 'node:stream/consumers';
import wrtc from '@roamhq/wrtc';

const { RTCPeerConnection, nonstandard } = wrtc;
const [baseUrl, kind] = process.argv.slice(2);
const FRAME_SAMPLES = 480;

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(new URL(path, baseUrl), { method: 'POST', headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** Candidates on loopback, over UDP. */
const onLoopback = (sdp) => sdp.replace(/^a=candidate:(?!.* udp \d+ 127\.0\.0\.1 ).*\r\n/gm, '');

async function until(condition, what) {
  for (let tries = 0; tries < 3_000; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what}: not within 30 s`);
}

const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
const source = new nonstandard.RTCAudioSource();
const direction = ['sendonly', 'recvonly', 'inactive'].includes(kind) ? kind : 'sendrecv';
const voice = pc.addTransceiver(source.createTrack(), { direction });
const camera = pc.addTransceiver('video', { direction: 'sendrecv' });
const channel = pc.createDataChannel(kind === 'label' ? 'anything' : 'chat');
let loudest = 0;
const sink = new nonstandard.RTCAudioSink(voice.receiver.track);
sink.ondata = ({ samples }) => {
  for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
};
let phase = 0;
setInterval(() => {
  const samples = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAME_SAMPLES; index += 1) {
    samples[index] = Math.round(8_000 * Math.sin((2 * Math.PI * 440 * phase) / 48_000));
    phase += 1;
  }
  source.onData({ samples, sampleRate: 48_000, bitsPerSample: 16, channelCount: 1, numberOfFrames: FRAME_SAMPLES });
}, 10);

const { sessionId } = await post('/start', {});
let pcId = null;
async function negotiate() {
  await pc.setLocalDescription(await pc.createOffer());
  await until(() => pc.iceGatheringState === 'complete', 'candidates');
  const body = { sdp: onLoopback(pc.localDescription.sdp), type: 'offer', pc_id: pcId, restart_pc: false };
  const answer = await post(`/sessions/${sessionId}/api/offer`, body);
  pcId = answer.pc_id;
  await pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
}

try {
  await negotiate();
  await until(() => channel.readyState === 'open', 'the data channel');
  if (kind === 'stopped-camera') {
    camera.stop();
    await negotiate();
  }
  const stats = async () => [...(await pc.getStats()).values()];
  const sends = direction === 'sendrecv' || direction === 'sendonly';
  if (sends) {
    const sent = async () =>
      (await stats()).some(({ type, packetsSent }) => type === 'outbound-rtp' && packetsSent > 50);
    await until(sent, 'packets sent');
  }
  if (direction === 'sendrecv' || direction === 'recvonly') await until(() => loudest > 1_000, 'the voice of the bot');
  await text(process.stdin);
  const reported = (await stats()).some(({ type }) => type === 'remote-outbound-rtp');
  process.stdout.write(`${JSON.stringify({ loudest, current: voice.currentDirection, reported })}\n`);
  process.exit(0);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  process.exit(1);
}
