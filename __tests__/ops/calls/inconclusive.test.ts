import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PeerConnection } from 'node-datachannel';
import { callThroughDaily } from '../../../ops/calls/daily-call';
import { onSteadyMachine, silent } from '../../../ops/calls/inconclusive';
import { callOverWebRtc, mediaAddress, type WebRtcCallOptions } from '../../../ops/calls/webrtc-call';
import { OpsError } from '../../../ops/cli/ops-error';
import { verdictOf } from '../../../ops/release/verdict';
import { freePort } from '../../../testbed/processes/free-port';
import { releaseWebRtc } from '../../support/release-webrtc';

/*
 * A7: what keeps a smoke call from judging is never held against the release: each mistake of who calls, and of the
 * machine that he calls from. The page's browser and its room are in __tests__/slow/daily-faults.test.ts.
 */
describe('a call that could not judge', () => {
  const { signal } = new AbortController();

  /** Calls what answers so, and nothing else; resolves with what was thrown. */
  async function called(answer: RequestListener, options: Partial<WebRtcCallOptions> = {}): Promise<OpsError> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await callOverWebRtc({ baseUrl, apiKey: undefined, signal, done: '', ...options });
      throw new Error('nothing went wrong');
    } catch (error) {
      if (error instanceof OpsError) return error;
      throw error;
    } finally {
      server.close();
    }
  }
  const refusing =
    (status: number, body: object | string): RequestListener =>
    (_request, response) =>
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

  afterAll(releaseWebRtc);

  it.each([
    ['no key, or a wrong one', 401, { code: 'unauthorized' }, /^Set START_API_KEY to .* the same command again/],
    ['a name that the bot does not know', 403, { code: 'origin_refused' }, /SERVICE_URL/],
    ['too many calls from here', 429, { code: 'rate_limited' }, /in a minute/],
    ['calls begun and left', 429, { code: 'too_many_unanswered' }, /in a minute/],
    ['this caller has had his calls', 429, { code: 'caller_limit_reached' }, /callsPerCallerPerDay/],
    ['the service has had its day', 503, { code: 'day_quota_reached' }, /after midnight/],
    ['the last place was taken meanwhile', 503, { code: 'at_capacity' }, /in a minute/],
    ['a task that goes away', 503, { code: 'draining' }, /in a minute/],
    ['a firewall on the way', 403, '<html>', /loadBalancer\.waf/],
  ])('A7: %s', async (_what, status, body, fix) => {
    const error = await called(refusing(status, body));
    expect(error).toMatchObject({ code: 'call_inconclusive', fix: expect.stringMatching(fix) as unknown });
    expect(verdictOf(error)).toBe('inconclusive');
  });

  it.each([
    ['a transport that cannot be used', 503, { code: 'transport_unavailable' }],
    ['a request that it must take', 400, { code: 'bad_request' }],
    ['a load balancer that has no task', 503, '<html>'],
  ])('is none where the bot refuses for %s', async (_what, status, body) => {
    expect(verdictOf(await called(refusing(status, body)))).toBe('failed');
  });

  it('is none where the connection is taken and never answered', async () => {
    expect(verdictOf(await called((request) => request.socket.destroy()))).toBe('failed');
  });

  it('A7: no network', async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    expect(await called(() => undefined, { baseUrl })).toMatchObject({
      code: 'call_inconclusive',
      message: `this machine does not reach ${baseUrl}: ECONNREFUSED`,
    });
  });

  it('A7: no DNS', async () => {
    // No label may have more than 63 letters: no resolver is asked.
    const baseUrl = `http://${'x'.repeat(64)}.invalid`;
    expect(await called(() => undefined, { baseUrl })).toMatchObject({ code: 'call_inconclusive' });
  });

  it('A7: an address that is none', async () => {
    expect(await silent('voice.example.com', 'ERR_INVALID_URL', '')).toMatchObject({
      code: 'call_inconclusive',
      message: 'this machine does not reach voice.example.com: it is no address',
    });
  });

  it.each([
    ['CERT_NOT_YET_VALID', /date -u/],
    ['CERT_HAS_EXPIRED', /date -u/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /opens TLS/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /SERVICE_URL/],
  ])('A7: this machine’s clock, or its trust: %s', async (reason, fix) => {
    const error = await silent('https://127.0.0.1', reason, '');
    expect(error).toMatchObject({ code: 'call_inconclusive', fix: expect.stringMatching(fix) as unknown });
  });

  it('A7: no library of WebRTC', async () => {
    const loadCaller = (): never => {
      throw Object.assign(new Error('invalid ELF header'), { code: 'ERR_DLOPEN_FAILED' });
    };
    expect(await called(() => undefined, { loadCaller })).toMatchObject({
      code: 'call_inconclusive',
      message: 'no call can be placed from here: invalid ELF header',
    });
  });

  it('A7: no browser', async () => {
    const before = process.env['CHROMIUM_PATH'];
    process.env['CHROMIUM_PATH'] = '/nowhere/chromium';
    const options = { url: 'http://127.0.0.1:1', startKey: undefined, bundleUrl: undefined };
    const failed = callThroughDaily(options).finally(() => {
      if (before === undefined) delete process.env['CHROMIUM_PATH'];
      else process.env['CHROMIUM_PATH'] = before;
    });
    await expect(failed).rejects.toMatchObject({
      code: 'call_inconclusive',
      fix: expect.stringContaining('CHROMIUM_PATH') as unknown,
    });
  });

  // 1 ms: the answer to the offer takes longer, as on a busy machine.
  it.each([300, 1])('A7: no way for UDP, within %d ms', async (connectWithinMs) => {
    // A bot that answers the offer, and whose candidates never come.
    const peer = new PeerConnection('bot', { iceServers: [], bindAddress: '127.0.0.1' });
    const answer: RequestListener = (request, response) => {
      const reply = (body: object): void => void response.end(JSON.stringify(body));
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        if (request.method === 'PATCH') reply({});
        else if (request.url === '/start') reply({ sessionId: 's' });
        else {
          peer.onLocalDescription((sdp) => reply({ sdp: sdp.replace(/^a=candidate.*\r\n/gm, ''), pc_id: 'p' }));
          peer.setRemoteDescription((JSON.parse(text) as { sdp: string }).sdp, 'offer');
        }
      });
    };
    const error = await called(answer, { connectWithinMs });
    peer.close();
    expect(error).toMatchObject({
      code: 'call_inconclusive',
      message: expect.stringContaining('no sound comes through') as unknown,
    });
  });

  it('A7: a machine that stood still', async () => {
    const failing = (): Promise<never> => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      return Promise.reject(new OpsError('bot_failed', 'no such message'));
    };
    await expect(onSteadyMachine(failing, 50)).rejects.toMatchObject({
      code: 'call_inconclusive',
      message: expect.stringMatching(/^no such message; but this machine stood still for \d+ ms meanwhile$/) as unknown,
    });
    await expect(onSteadyMachine(() => Promise.reject(new OpsError('bot_failed', 'mute')))).rejects.toMatchObject({
      code: 'bot_failed',
    });
  });
});

describe('where the sound of a smoke call comes from', () => {
  it.each([
    ['http://127.0.0.1:7860', '127.0.0.1'],
    ['http://127.0.0.9', '127.0.0.1'],
    ['http://localhost:7860', '127.0.0.1'],
    ['https://voice.example.com', '0.0.0.0'],
    ['http://127.example.com', '0.0.0.0'],
    ['http://198.51.100.7:7860', '0.0.0.0'],
  ])('A7: to %s it is %s', (url, address) => {
    expect(mediaAddress(url)).toBe(address);
  });
});
