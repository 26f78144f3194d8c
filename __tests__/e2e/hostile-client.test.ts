import { releaseWebRtc } from '../support/release-webrtc';
import { Environment } from './support/environment';

/** Frames no honest client sends; `i` makes each of them another. */
const FRAMES: readonly ((i: number) => string)[] = [
  () => '',
  () => '{',
  () => 'null',
  () => '[]',
  () => '"rtvi-ai"',
  () => 'ping: not a number',
  (i) => JSON.stringify({ label: 'rtvi-ai', type: `no-such-type-${i}`, id: String(i) }),
  (i) => JSON.stringify({ label: 'rtvi-ai', type: i, id: {} }),
  () => JSON.stringify({ label: 'rtvi-ai', type: 'send-text', id: '1', data: { content: 7 } }),
  () => JSON.stringify({ label: 'rtvi-ai', type: 'send-text', id: '1', data: { content: 'x'.repeat(50_000) } }),
  () => JSON.stringify({ label: 'rtvi-ai', type: 'client-ready', id: '1', data: { version: ['2'] } }),
  () => JSON.stringify({ label: 'rtvi-ai', type: 'client-message', id: '1', data: null }),
  () => `{"label":"rtvi-ai","type":"client-message","id":"1","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  () => JSON.stringify({ type: 'signalling', message: null }),
  () => JSON.stringify({ type: 'signalling', message: { type: 'trackStatus', receiver_index: 'x', enabled: 'y' } }),
  () =>
    JSON.stringify({ label: 'rtvi-ai', type: '__proto__', id: 'constructor', data: { __proto__: { polluted: true } } }),
];

describe('a client that sends nonsense', () => {
  let environment: Environment;
  beforeAll(async () => {
    environment = await Environment.start({ env: { GREETING_PROMPT: 'Say exactly: "Hello there."' } });
  });
  afterAll(async () => {
    await environment.stop();
    releaseWebRtc();
  });

  it('of a thousand malformed messages none harms the call, and they are counted', async () => {
    const caller = await environment.call();
    await caller.waitForMessage('bot-stopped-speaking', 30_000);
    for (let i = 0; i < 1_000; i += 1) caller.sendRaw(FRAMES[i % FRAMES.length]!(i));
    // The limit on messages is a matter of seconds: whoever talks sense again is heard again.
    const answered = async (): Promise<boolean> => {
      const from = caller.messages.length;
      caller.sendText('Still there?');
      return caller.waitForMessage('bot-llm-text', 3_000, from).then(
        () => true,
        () => false,
      );
    };
    let heard = false;
    for (let attempt = 0; attempt < 15 && !heard; attempt += 1) heard = await answered();
    expect(heard).toBe(true);
    expect(await environment.metric('voice_agent_client_messages_malformed_total')).toBeGreaterThan(300);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    caller.hangUp();
    await environment.log.waitFor('call ended', { callId: caller.sessionId, reason: 'caller-left' });
  });

  it('and the next caller is served as ever', async () => {
    const caller = await environment.call();
    await caller.waitForMessage('bot-stopped-speaking', 30_000);
    expect(environment.log.lines.filter((line) => line['level'] === 'error' || line['level'] === 'fatal')).toEqual([]);
    caller.hangUp();
  });
});
