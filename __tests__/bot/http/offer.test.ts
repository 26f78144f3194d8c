import { FakeCalls, GOOD_SDP } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';

let server: TestServer;
afterEach(() => server.close());

async function reserve(): Promise<string> {
  return String((await server.request('POST', '/start', { json: {} })).json['sessionId']);
}
const offer = { sdp: GOOD_SDP, type: 'offer' };

describe('POST of an offer', () => {
  it('answers on the address of its session, and on the plain one with a session of its own', async () => {
    server = await startTestServer();
    const id = await reserve();
    const named = await server.request('POST', `/sessions/${id}/api/offer`, { json: offer });
    expect(named.status).toBe(200);
    expect(named.json).toEqual({ sdp: GOOD_SDP, type: 'answer', pc_id: server.calls.call(id).pcId });
    expect((await server.request('POST', '/api/offer', { json: offer })).status).toBe(200);
    expect(server.calls.status.activeCalls).toBe(2);
  });

  it('hands on which connection is renegotiated or replaced, and takes both spellings of request data', async () => {
    server = await startTestServer();
    const id = await reserve();
    const path = `/sessions/${id}/api/offer`;
    const first = await server.request('POST', path, {
      json: { ...offer, pc_id: null, restart_pc: false, requestData: { a: 1 } },
    });
    const pcId = String(first.json['pc_id']);
    const again = { ...offer, pc_id: pcId, restart_pc: true, request_data: { a: 1 } };
    expect((await server.request('POST', path, { json: again })).json['pc_id']).toBe(pcId);
    expect(server.calls.call(id).offers).toEqual([
      { sdp: GOOD_SDP, type: 'offer', restartPc: false },
      { sdp: GOOD_SDP, type: 'offer', pcId, restartPc: true },
    ]);
  });

  it.each([
    [{ ...offer, sdp: 'garbage' }, 'sdp_invalid'],
    [{ ...offer, sdp: '' }, 'bad_request'],
    [{ ...offer, sdp: 7 }, 'bad_request'],
    [{ ...offer, type: 'answer' }, 'bad_request'],
    [{ ...offer, pc_id: 'a b' }, 'bad_request'],
    [{ ...offer, restart_pc: 'yes' }, 'bad_request'],
    [{}, 'bad_request'],
  ])('refuses the malformed offer %# with 400', async (json, code) => {
    server = await startTestServer();
    const id = await reserve();
    const answer = await server.request('POST', `/sessions/${id}/api/offer`, { json });
    expect([answer.status, answer.json['code']]).toEqual([400, code]);
    expect(server.calls.call(id).state).toBe('reserved');
  });

  it.each(['00000000-0000-0000-0000-000000000000', 'a%20b', '%F0%9F%8E%A7', 'x'.repeat(200)])(
    'knows no session %s',
    async (id) => {
      server = await startTestServer();
      const answer = await server.request('POST', `/sessions/${id}/api/offer`, { json: offer });
      expect([answer.status, answer.json['code']]).toEqual([404, 'session_unknown']);
    },
  );

  it('refuses for good with a 4xx when full, because the client repeats an offer after any 5xx', async () => {
    server = await startTestServer({ calls: new FakeCalls(0) });
    const answer = await server.request('POST', '/api/offer', { json: offer });
    expect([answer.status, answer.json['code'], answer.json['status']]).toEqual([429, 'at_capacity', 429]);
    expect(answer.headers.get('retry-after')).toBe('10');
  });

  it('needs no key where the address names the session, and the start key where it does not', async () => {
    const key = 'start-key-0123456789';
    server = await startTestServer({ env: { START_API_KEY: key } });
    const headers = { Authorization: `Bearer ${key}` };
    const started = await server.request('POST', '/start', { json: {}, headers });
    const named = `/sessions/${String(started.json['sessionId'])}/api/offer`;
    expect((await server.request('POST', named, { json: offer })).status).toBe(200);
    expect((await server.request('POST', '/api/offer', { json: offer })).status).toBe(401);
    expect((await server.request('PATCH', '/api/offer', { json: {} })).status).toBe(401);
    expect((await server.request('POST', '/api/offer', { json: offer, headers })).status).toBe(200);
  });
});

describe('PATCH of candidates', () => {
  it('hands them on, and the empty one that ends them', async () => {
    server = await startTestServer();
    const id = await reserve();
    const path = `/sessions/${id}/api/offer`;
    const pcId = (await server.request('POST', path, { json: offer })).json['pc_id'];
    const candidates = [
      { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdp_mid: '0', sdp_mline_index: 0 },
      { candidate: '', sdp_mid: null },
    ];
    const answer = await server.request('PATCH', path, { json: { pc_id: pcId, candidates } });
    expect([answer.status, answer.json]).toEqual([200, { status: 'success' }]);
    expect(server.calls.call(id).candidates).toEqual([
      { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 },
      { candidate: '', sdpMid: null, sdpMLineIndex: null },
    ]);
    expect((await server.request('PATCH', '/api/offer', { json: { pc_id: pcId, candidates: [] } })).status).toBe(404);
  });

  it.each([
    [{ pc_id: null, candidates: [] }, 404],
    [{ pc_id: 'pc-unknown', candidates: [] }, 404],
    [{ pc_id: 'not an id', candidates: [] }, 404],
    [{ candidates: [] }, 400],
    [{ pc_id: 'x', candidates: 'many' }, 400],
    [{ pc_id: 'x', candidates: [{ candidate: 5 }] }, 400],
    [{ pc_id: 'x', candidates: [{ candidate: '', sdp_mline_index: -1 }] }, 400],
    [{ pc_id: 'x', candidates: Array(101).fill({ candidate: '' }) }, 400],
  ])('refuses %# with a 4xx', async (json, status) => {
    server = await startTestServer();
    const answer = await server.request('PATCH', '/api/offer', { json });
    expect(answer.status).toBe(status);
  });
});
