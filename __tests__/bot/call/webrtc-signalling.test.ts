import { CallManager } from '../../../bot/call/call-manager';
import { WebRtcSignalling } from '../../../bot/call/webrtc-signalling';
import type { WebRtcGateway } from '../../../bot/transport/webrtc/gateway';
import { CHROMIUM_OFFER } from '../../support/offers';
import { releaseWebRtc } from '../../support/release-webrtc';
import { setup } from './support/call-setup';
import { loopbackGateway } from '../../support/loopback-gateway';

/* The real gateway, which answers on loopback; the clients of these offers never connect. */
const OFFER = { sdp: CHROMIUM_OFFER, type: 'offer' } as const;
/** As Chrome writes its next offer of the same connection. */
const SAME_PEER = { ...OFFER, sdp: CHROMIUM_OFFER.replace('336 2 IN', '336 3 IN').replace('a=sendrecv', 'a=sendonly') };
const OTHER_PEER = { ...OFFER, sdp: CHROMIUM_OFFER.replace(/a=ice-ufrag:.*/g, 'a=ice-ufrag:othr') };

let gateway: WebRtcGateway;

beforeAll(async () => {
  gateway = await loopbackGateway({ timeouts: { farewellMs: 1 } });
});

afterAll(async () => {
  await gateway.close();
  releaseWebRtc();
});

function setUp() {
  const { deps, clock } = setup({ maxCalls: 2 });
  const calls = new CallManager(deps);
  const endAll = () => Promise.all(calls.list().map(({ id }) => calls.end(id, 'operator')));
  return { clock, calls, signalling: new WebRtcSignalling(gateway, calls, clock), endAll };
}

describe('W1: a first offer that comes again, since its answer was lost', () => {
  it('gets the same answer to the letter, and holds one place', async () => {
    const { calls, signalling, endAll } = setUp();
    const { sessionId } = await calls.start();
    const first = await signalling.offer(sessionId, OFFER);
    expect(await signalling.offer(sessionId, OFFER)).toEqual(first);
    expect(calls.status.activeCalls).toBe(1);
    await endAll();
  });

  it('gets it while the first is still being answered', async () => {
    const { calls, signalling, endAll } = setUp();
    const [first, second] = await Promise.all([signalling.offer(undefined, OFFER), signalling.offer(undefined, OFFER)]);
    expect(second).toEqual(first);
    expect(calls.status.activeCalls).toBe(1);
    await endAll();
  });

  it('gets one for the same connection when it was written anew', async () => {
    const { calls, signalling, endAll } = setUp();
    const { sessionId } = await calls.start();
    const first = await signalling.offer(sessionId, OFFER);
    const second = await signalling.offer(sessionId, SAME_PEER);
    expect(second.pc_id).toBe(first.pc_id);
    expect(second.sdp).toContain('a=recvonly');
    await endAll();
  });

  it('is a stranger after 30 s, when the call has ended, and in another session', async () => {
    const { clock, calls, signalling, endAll } = setUp();
    const { sessionId } = await calls.start();
    await signalling.offer(sessionId, OFFER);
    await expect(signalling.offer('another', OFFER)).rejects.toMatchObject({ code: 'session_unknown' });
    await expect(signalling.offer(sessionId, OTHER_PEER)).rejects.toMatchObject({ code: 'session_unknown' });
    clock.advance(30_000);
    await expect(signalling.offer(sessionId, OFFER)).rejects.toMatchObject({ code: 'session_unknown' });
    await endAll();
    await expect(signalling.offer(sessionId, OFFER)).rejects.toMatchObject({ code: 'session_unknown' });
    expect(calls.status.activeCalls).toBe(0);
  });

  it('is taken anew when the first one failed', async () => {
    const { calls, signalling, endAll } = setUp();
    const full = [await calls.start(), await calls.start()];
    await expect(signalling.offer(undefined, OFFER)).rejects.toMatchObject({ code: 'at_capacity' });
    calls.release(full[0]!.sessionId);
    expect((await signalling.offer(undefined, OFFER)).type).toBe('answer');
    await endAll();
  });
});

describe('P13: a connection is spoken of where its call began', () => {
  it('and nowhere else, whoever knows its name', async () => {
    const { calls, signalling, endAll } = setUp();
    const { sessionId } = await calls.start();
    const { pc_id: pcId } = await signalling.offer(sessionId, OFFER);
    for (const elsewhere of [undefined, 'another']) {
      const restart = { ...OTHER_PEER, pcId, restartPc: true };
      await expect(signalling.offer(elsewhere, restart)).rejects.toMatchObject({ code: 'peer_unknown' });
      expect(() => signalling.addCandidates(elsewhere, pcId, [])).toThrow('not found');
    }
    const { pc_id: unnamed } = await signalling.offer(undefined, OTHER_PEER);
    await expect(signalling.offer(sessionId, { ...OTHER_PEER, pcId: unnamed })).rejects.toMatchObject({
      code: 'peer_unknown',
    });
    signalling.addCandidates(sessionId, pcId, []);
    signalling.addCandidates(undefined, unnamed, []);
    await endAll();
  });

  it('has a name of 122 random bits', async () => {
    const { signalling, endAll } = setUp();
    const names = [OFFER, OTHER_PEER].map(async (offer) => (await signalling.offer(undefined, offer)).pc_id);
    const [first, second] = await Promise.all(names);
    expect(first).toMatch(/^pc-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    await endAll();
  });
});

describe('P5: signalling of one session', () => {
  it('is limited: ten offers at once, one every two seconds, and others are not concerned', async () => {
    const { clock, calls, signalling, endAll } = setUp();
    const { sessionId } = await calls.start();
    const { pc_id: pcId } = await signalling.offer(sessionId, OFFER);
    const again = { ...SAME_PEER, pcId };
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => signalling.offer(sessionId, again)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    await expect(signalling.offer(sessionId, again)).rejects.toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryAfterSeconds: 2,
    });
    expect(() => signalling.addCandidates(sessionId, pcId, [])).toThrow('Too much signalling');
    const other = await calls.start();
    await signalling.offer(other.sessionId, OTHER_PEER);
    clock.advance(2_000);
    await signalling.offer(sessionId, again);
    await endAll();
  });

  it('is limited before the session has a connection, too: by offers that are refused', async () => {
    const { calls, signalling } = setUp();
    const { sessionId } = await calls.start();
    const codes: unknown[] = [];
    for (let n = 0; n < 12; n += 1) {
      await signalling
        .offer(sessionId, { sdp: 'garbage', type: 'offer' })
        .catch((error: unknown) => codes.push((error as { code: unknown }).code));
    }
    expect(codes).toEqual([...Array<string>(10).fill('sdp_invalid'), 'rate_limited', 'rate_limited']);
  });
});
