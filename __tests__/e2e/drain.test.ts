import { buildBot } from '../../testbed/processes/build-bot';
import { BotProcess } from '../../testbed/processes/bot-process';
import { Caller, RefusedError } from '../../smoke/caller';
import { lastSound } from '../../testbed/speech/audio-analysis';
import { bundledScenario, startFakeBedrock, type FakeBedrock } from '../../testbed/fakes/bedrock/server';
import { releaseWebRtc } from '../support/release-webrtc';
import { emfProblems } from '../support/emf-schema';
import { OtlpReceiver } from '../support/otlp-receiver';
import { credentialsEnvironment, modelEnvironment } from './support/environment';

/** The built bot in a process of its own, as a container runs it, gets the signals that ECS sends. */
describe('SIGTERM in the middle of calls', () => {
  let sandbox: FakeBedrock;
  let bot: BotProcess | undefined;
  const callers: Caller[] = [];

  beforeAll(async () => {
    [sandbox] = await Promise.all([startFakeBedrock({ scenario: bundledScenario() }), buildBot()]);
  });

  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.hangUp();
    await bot?.stop();
    bot = undefined;
  });

  afterAll(async () => {
    await sandbox.close();
    releaseWebRtc();
  });

  async function start(environment: Record<string, string> = {}): Promise<BotProcess> {
    bot = await BotProcess.start(0, {
      ...modelEnvironment(sandbox),
      ...credentialsEnvironment(),
      TRANSPORT: 'webrtc',
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      GREETING_PROMPT: 'Say exactly: "Hello there."',
      ...environment,
    });
    return bot;
  }

  async function call(running: BotProcess): Promise<Caller> {
    const caller = await Caller.connect({ baseUrl: running.url });
    callers.push(caller);
    return caller;
  }

  const status = async (url: string): Promise<number> => (await fetch(url)).status;

  it('lets the call go on, refuses new ones, exits with 0 when the caller has hung up, and has told its numbers', async () => {
    const collector = await OtlpReceiver.start();
    const running = await start({
      DRAIN_SECONDS: '60',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      METRICS_NAMESPACE: 'PipecatVoiceAgent/test',
    });
    const caller = await call(running);
    await caller.waitForMessage('bot-stopped-speaking', 30_000);
    expect(await status(`${running.url}/ready`)).toBe(200);

    running.signal('SIGTERM');
    await running.waitForLog('draining');
    expect(await status(`${running.url}/ready`)).toBe(503);
    expect(await status(`${running.url}/health`)).toBe(200);
    const refused = await Caller.connect({ baseUrl: running.url }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 503, body: expect.stringContaining('"code":"draining"') as string });
    expect(refused).toBeInstanceOf(RefusedError);

    const from = caller.messages.length;
    caller.sendText('Are you still there for me?');
    await caller.waitForMessage('bot-stopped-speaking', 30_000, from);
    caller.hangUp();
    expect(await running.exited).toBe(0);

    const [ended] = running.log.filter(({ msg }) => msg === 'call ended');
    const span = collector.span('call');
    expect(ended).toMatchObject({
      reason: 'caller-left',
      traceId: span.traceId,
      endpointingP50Ms: expect.any(Number) as number,
    });
    expect(span.attributes).toMatchObject({ 'call.id': ended?.['callId'], reason: 'caller-left' });
    const turns = collector.spans.filter(({ name }) => name === 'turn');
    expect(turns.map(({ parentSpanId }) => parentSpanId)).toContain(span.spanId);
    const lines = running.log.filter(({ msg }) => msg === 'metrics');
    expect(lines.flatMap(emfProblems)).toEqual([]);
    expect(lines[0]).toMatchObject({
      AnswerLatencyMs: expect.any(Number) as number,
      CallTokens: expect.any(Number) as number,
    });
    await collector.close();
    expect(running.log.filter((line) => line['level'] === 'error' || line['level'] === 'fatal')).toEqual([]);
  });

  it('says goodbye to who is still there at the end of the limit, and exits with 0', async () => {
    const running = await start({ DRAIN_SECONDS: '1' });
    const caller = await call(running);
    await caller.waitForMessage('bot-stopped-speaking', 30_000);
    const beforeIt = caller.mark;
    const from = caller.messages.length;
    running.signal('SIGTERM');
    expect(await caller.ended).toBe('bot-left');
    const after = caller.messages.slice(from).map(({ message }) => message);
    const told = after.map(({ type, data }) => (data as { type?: string } | undefined)?.type ?? type);
    expect(told.slice(told.indexOf('call-ending') + 1)).toContain('bot-started-speaking');
    // A model that a busy machine keeps from its words for 2.5 s is stood in for by a recording, which has no text.
    const isTooLate = !told.includes('bot-output');
    if (!isTooLate) expect(JSON.stringify(after)).toContain('I have to end this call now for maintenance.');
    expect(lastSound(caller.heard)).toBeGreaterThan(beforeIt + 1_000);
    expect(await running.exited).toBe(0);
  });

  it('exits at once on a second signal', async () => {
    const running = await start({ DRAIN_SECONDS: '60' });
    await call(running);
    running.signal('SIGTERM');
    await running.waitForLog('draining');
    running.signal('SIGTERM');
    expect(await running.exited).toBe(143);
  });

  it('exits at once, with 0, when nobody is there', async () => {
    const running = await start();
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
  });

  it('does not start with a wrong setting: names it and its rule, not its value', async () => {
    const failure = await start({ MAX_CALLS: 'sev3nteen' }).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(failure).toContain('stopped with 78');
    expect(failure).toContain('MAX_CALLS');
    expect(failure).not.toContain('sev3nteen');
  });
});
