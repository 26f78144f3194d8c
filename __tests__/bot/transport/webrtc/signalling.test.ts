import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { WebRtcGateway } from '../../../../bot/transport/webrtc/gateway';
import { eventually } from '../../../support/eventually';
import { FakeClock } from '../../../support/fake-clock';
import { releaseWebRtc } from '../../../support/release-webrtc';
import { CHROMIUM_OFFER, MALFORMED_OFFERS } from '../../../support/offers';
import { UNHEEDED } from '../../../support/unheeded-events';
import { loopbackGateway } from '../../../support/loopback-gateway';

let gateway: WebRtcGateway;

beforeAll(async () => {
  gateway = await loopbackGateway({ timeouts: { farewellMs: 1 } });
});

afterAll(async () => {
  await gateway.close();
  releaseWebRtc();
});

afterEach(() => {
  expect(gateway.size).toBe(0);
});

test('an offer of Chromium is answered: Opus both ways, video inactive, candidates on loopback only', async () => {
  const { answer, transport } = await gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  expect(gateway.has(answer.pc_id)).toBe(true);
  const sections = answer.sdp.split(/(?=^m=)/m).slice(1);
  expect(sections.map((section) => section.slice(2, section.indexOf(' ')))).toEqual([
    'audio',
    'video',
    'video',
    'application',
  ]);
  expect(sections[0]).toContain('a=sendrecv');
  expect(sections[0]).toContain('a=fmtp:111 minptime=10;useinbandfec=1');
  expect(sections[1]).toContain('a=inactive');
  expect(sections[2]).toContain('a=inactive');
  expect(sections[3]).toContain('a=max-message-size:65536');
  const addresses = [...answer.sdp.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\S+)/gm)].map((match) => match[1]);
  expect(addresses).toEqual(['127.0.0.1']);
  await transport.close('operator');
});

test.each(Object.entries(MALFORMED_OFFERS))('an offer that is malformed is refused: %s', async (_name, sdp) => {
  await expect(gateway.accept({ sdp, type: 'offer' })).rejects.toMatchObject({ code: 'sdp_invalid', status: 400 });
});

test('a malformed offer for a known connection is refused, and the connection stays', async () => {
  const { answer, transport } = await gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  for (const restartPc of [false, true]) {
    for (const sdp of ['garbage', CHROMIUM_OFFER.replace(/a=fingerprint:.*\r\n/g, '')]) {
      const offer = { sdp, type: 'offer', pcId: answer.pc_id, restartPc } as const;
      await expect(gateway.renegotiate(offer)).rejects.toMatchObject({ code: 'sdp_invalid' });
    }
  }
  expect(gateway.has(answer.pc_id)).toBe(true);
  await transport.close('operator');
});

test('a STUN server that does not answer costs a moment, not the call', async () => {
  const patient = await loopbackGateway({ iceServers: [{ urls: 'stun:127.0.0.1:9' }], timeouts: { gatherMs: 250 } });
  const { answer } = await patient.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  expect(answer.sdp).toMatch(/^a=candidate:.* 127\.0\.0\.1 .* typ host/m);
  await patient.close();
});

test('a connection nobody knows is refused for offers and candidates alike', async () => {
  const offer = { sdp: CHROMIUM_OFFER, type: 'offer', pcId: 'pc-unknown' } as const;
  await expect(gateway.renegotiate(offer)).rejects.toMatchObject({ code: 'peer_unknown', status: 404 });
  expect(() => gateway.addCandidates('pc-unknown', [])).toThrow('no such peer connection');
});

test('candidates of any kind and number are taken without harm', async () => {
  const { answer, transport } = await gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  const good = 'candidate:1 1 udp 2113937151 127.0.0.1 9 typ host';
  const odd = [
    '',
    'garbage',
    good,
    `a=${good}`,
    good.replace('127.0.0.1', 'd1b5a2c0-0000-4000-8000-000000000000.local'),
    good.replace('127.0.0.1', 'example.invalid'),
    good.replace('127.0.0.1', '999.1.1.1'),
    good.replace(' 9 ', ' 99999 '),
    good.replace('udp', 'tcp'),
    `${good}\r\na=mid:9`,
    'x'.repeat(100_000),
  ];
  for (const sdpMid of ['0', '3', '99', null]) {
    gateway.addCandidates(
      answer.pc_id,
      odd.map((candidate) => ({ candidate, sdpMid, sdpMLineIndex: sdpMid === null ? 77 : 0 })),
    );
  }
  gateway.addCandidates(
    answer.pc_id,
    Array.from({ length: 5_000 }, (_, index) => ({
      candidate: good.replace(' 9 ', ` ${1_024 + index} `),
      sdpMid: '0',
      sdpMLineIndex: 0,
    })),
  );
  expect(gateway.has(answer.pc_id)).toBe(true);
  await transport.close('operator');
});

test('P6: of what a client names as its own addresses ten are tried, in its order', async () => {
  const sockets = await Promise.all(Array.from({ length: 12 }, openSocket));
  const checked = new Set<number>();
  sockets.forEach((socket, index) => socket.on('message', () => checked.add(index)));
  const { answer, transport } = await gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  const candidates = sockets.map((socket, index) => {
    // The later, the more urgent: what is beyond ten would be tried first.
    const candidate = `candidate:${index} 1 udp ${1_000_000 + index} 127.0.0.1 ${socket.address().port} typ host`;
    return { candidate, sdpMid: '0', sdpMLineIndex: 0 };
  });
  gateway.addCandidates(answer.pc_id, [...candidates.slice(0, 1), ...candidates]);
  await eventually(() => checked.size >= 10, 'ten addresses checked', 15_000);
  expect([...checked].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await transport.close('operator');
  for (const socket of sockets) socket.close();
});

test('P6: a bot that is not on loopback does not try loopback', async () => {
  const open = await loopbackGateway({ allowPrivateCandidates: false });
  const [forbidden, allowed] = await Promise.all([openSocket(), openSocket()]);
  const received: string[] = [];
  forbidden.on('message', () => received.push('forbidden'));
  allowed.on('message', () => received.push('allowed'));
  const named = ({ port }: { port: number }): string => `candidate:1 1 udp 2113937151 127.0.0.1 ${port} typ host`;
  const strict = await open.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  open.addCandidates(strict.answer.pc_id, [{ candidate: named(forbidden.address()), sdpMid: '0', sdpMLineIndex: 0 }]);
  const lenient = await gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  gateway.addCandidates(lenient.answer.pc_id, [{ candidate: named(allowed.address()), sdpMid: '0', sdpMLineIndex: 0 }]);
  await eventually(() => received.includes('allowed'), 'a check of the bot on loopback', 15_000);
  expect(received).not.toContain('forbidden');
  await Promise.all([open.close(), lenient.transport.close('operator')]);
  forbidden.close();
  allowed.close();
});

test('W6: a first offer that never becomes a call gives its place back after 15 s', async () => {
  const clock = new FakeClock();
  const usual = await loopbackGateway({ clock });
  const { transport } = await usual.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  const started = transport.start(UNHEEDED, new AbortController().signal);
  clock.advance(14_999);
  expect(usual.size).toBe(1);
  clock.advance(1);
  await expect(started).rejects.toThrow('the client did not connect in time');
  expect(usual.size).toBe(0);
  await usual.close();
});

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
