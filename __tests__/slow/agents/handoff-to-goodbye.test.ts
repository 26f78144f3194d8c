import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Caller } from '../../../smoke/caller';
import { type FakeBedrock, startFakeBedrock } from '../../../testbed/fakes/bedrock';
import { type BotProcess, buildBot, startBot } from '../../../testbed/processes';
import { eventually } from '../../support/eventually';
import { releaseWebRtc } from '../../support/release-webrtc';

/* Two agents of one bot process, as it is deployed: from the greeting of the first to the goodbye of the second. */
const RECEPTION = {
  prompt: 'You are the reception.',
  greeting: 'You are with the reception.',
  voice: 'matthew',
  tools: {
    to_billing: { kind: 'handoff', to: 'billing', description: 'For bills.' },
    person: { kind: 'transfer', to: { desk: { when: 'They want a person.' } }, description: 'Connects with a person.' },
  },
};
const BILLING = {
  prompt: 'You do bills.',
  greeting: 'You are with billing.',
  voice: 'amy',
  language: 'en-GB',
  tools: { end_call: { kind: 'end-call', description: 'Hangs up.' } },
};

interface BotOutput {
  readonly text: string;
  readonly spoken_status?: string;
}

beforeAll(() => buildBot());
afterAll(releaseWebRtc);

describe.each(['live', 'documented'] as const)('a call that is handed over and ended, in the %s dialect', (dialect) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'two-agents-'));
  let sandbox: FakeBedrock;
  let bot: BotProcess;
  let caller: Caller;

  beforeAll(async () => {
    const source = (agent: object): string => `exports.default = ${JSON.stringify(agent)};\n`;
    writeFileSync(path.join(folder, 'reception.cjs'), source(RECEPTION));
    writeFileSync(path.join(folder, 'billing.cjs'), source(BILLING));
    sandbox = await startFakeBedrock({ voice: 'tone', dialect });
    const destinations = 'desk=tel:+14155550100';
    const env = { AGENT: 'reception', AGENTS_FOLDER: folder, TRANSFER_DESTINATIONS: destinations };
    bot = await startBot(sandbox.url, 2, env);
    caller = await Caller.connect({ baseUrl: bot.url });
  });
  afterAll(async () => {
    caller.hangUp();
    await bot.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const messages = (type: string): readonly { readonly at: number; readonly data: unknown }[] =>
    caller.messages.flatMap(({ message }, at) => {
      const { type: found, data } = message as { type?: string; data?: unknown };
      return found === type ? [{ at, data }] : [];
    });
  /** What the caller heard to its end, in order. */
  const heard = (): readonly { readonly at: number; readonly text: string }[] =>
    messages('bot-output')
      .map(({ at, data }) => ({ at, ...(data as BotOutput) }))
      .filter(({ spoken_status }) => spoken_status === 'completed');
  const told = (type: string) =>
    messages('server-message').filter(({ data }) => (data as { readonly type?: unknown }).type === type);
  const hears = (text: string): Promise<void> => eventually(() => heard().some((one) => one.text.includes(text)), text);

  it('is greeted, and told plainly that nobody can be connected from a browser', async () => {
    await hears('You are with the reception.');
    caller.sendText('Say exactly: "Your number is seven."');
    await hears('Your number is seven.');
    caller.sendText('call person {"to":"desk"}');
    const { sessions } = sandbox;
    await eventually(() => (sessions[0]?.toolResults.length ?? 0) > 0, 'an answer');
    expect(sessions[0]?.toolResults[0]?.content).toContain('Nobody can be connected from this call.');
    // The next test listens for who speaks next.
    await hears('Nobody can be connected from this call.');
    expect(sessions[0]?.voiceId).toBe('matthew');
    expect(sessions[0]?.toolNames).toEqual(['to_billing', 'person']);
  });

  it('the next agent speaks first, knows what was said, and has its own prompt, voice and tools', async () => {
    const from = caller.messages.length;
    caller.sendText('call to_billing {"reason":"a bill of May"}');
    await hears('You are with billing.');
    const said = heard().filter(({ at }) => at >= from);
    expect(said[0]?.text).toContain('You are with billing.');
    expect(told('agent').map(({ data }) => data)).toEqual([{ type: 'agent', name: 'billing', language: 'en-GB' }]);
    const stream = sandbox.sessions.at(-1);
    expect(sandbox.sessions).toHaveLength(2);
    expect([stream?.voiceId, stream?.toolNames]).toEqual(['amy', ['end_call']]);
    const texts = stream?.texts.map(({ role, text }) => `${role} ${text}`) ?? [];
    expect(texts[0]).toContain('SYSTEM You do bills.');
    expect(texts.join('\n')).not.toContain('You are the reception.');
    expect(texts.slice(0, -1).join('\n')).toContain('ASSISTANT');
    expect(texts.join('\n')).toContain('Your number is seven.');
    expect(texts.at(-1)).toContain('a bill of May');
    const { gapMs } = await logged('call handed over');
    expect(Number(gapMs)).toBeLessThanOrEqual(40);
  });

  it('the goodbye is heard to its end, then the call ends, and says why', async () => {
    const from = caller.messages.length;
    caller.sendText('call end_call {}');
    await caller.ended;
    const goodbye = heard().filter(({ at }) => at >= from);
    expect(goodbye.length).toBeGreaterThan(0);
    const [ending] = told('call-ending');
    expect(ending?.data).toEqual({ type: 'call-ending', reason: 'agent-ended' });
    expect(goodbye.at(-1)?.at).toBeLessThan(ending?.at ?? 0);
    const started = messages('bot-output').filter(
      ({ at, data }) => at >= from && (data as BotOutput).spoken_status === 'new',
    );
    expect(goodbye).toHaveLength(started.length);
    expect((await logged('call ended'))['reason']).toBe('agent-ended');
    expect(sandbox.sessions.flatMap(({ violations }) => violations)).toEqual([]);
  });

  function logged(msg: string): Promise<Record<string, unknown>> {
    return bot.waitForLine(msg, (line) => line['msg'] === msg && line['callId'] === caller.sessionId, 30_000);
  }
});
