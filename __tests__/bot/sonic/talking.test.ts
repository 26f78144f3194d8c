import { rotationRules } from '../../../bot/sonic/session/rotation';
import { type Dialect, DIALECTS } from '../../../testbed/fakes/bedrock/behaviours';
import { eventually } from '../../support/eventually';
import { BedrockEnvironment } from './support/environment';
import { PATIENT_LIMITS } from './support/session-settings';

describe.each(Object.keys(DIALECTS) as Dialect[])('talking to a strict %s service through the real SDK', (dialect) => {
  let environment: BedrockEnvironment;

  beforeAll(async () => {
    const sandbox = { dialect, speechScale: dialect === 'live' ? 2 : 1 };
    environment = await BedrockEnvironment.start({ sandbox, limits: PATIENT_LIMITS });
  });

  afterAll(() => environment.close());

  afterEach(() => environment.expectNothingLeft());

  it('greets when asked to, and leaves politely', async () => {
    const { session, events } = await environment.open();
    session.sendText('Greet the caller.');
    await events.waitFor('turn ended');
    await session.close();
    expect(events.lines[0]).toBe('turn started');
    expect(events.lines[1]).toMatch(/^speculative: /);
    expect(events.audioSamples).toBeGreaterThan(24_000 / 4);
    expect(events.ends).toEqual([{ kind: 'closed' }]);
    const heard = environment.sandbox.sessions.at(-1);
    expect(heard?.violations).toEqual([]);
    await expect(heard?.ended).resolves.toEqual({ kind: 'completed' });
  });

  it('has a tool answered', async () => {
    const { session, events } = await environment.open();
    session.sendText('What time is it in Paris?');
    await events.waitFor('tool get_time');
    expect(JSON.parse(events.tools[0]?.argumentsJson ?? '')).toEqual({ place: 'Paris' });
    session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"time":"noon"}');
    session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"time":"midnight"}');
    await events.waitFor('turn ended');
    await session.close();
    expect(environment.sandbox.sessions.at(-1)?.toolResults.map(({ content }) => content)).toEqual(['{"time":"noon"}']);
    expect(environment.sandbox.sessions.at(-1)?.violations).toEqual([]);
  });

  it('lets the model hear every sample the caller says, in order and without a gap', async () => {
    const { session, events } = await environment.open();
    const said = Int16Array.from({ length: 16_000 }, (_, i) => Math.round(Math.sin(i / 9) * 12_000) || 1);
    const piece = 320;
    let at = 0;
    const speaking = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        session.sendAudio(said.subarray(at, at + piece), 'speaking');
        at += piece;
        if (at < said.length) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
    await speaking;
    await events.waitFor('user: ');
    await session.close();
    const heard = environment.sandbox.sessions.at(-1)?.heardPcm16k() ?? new Int16Array();
    const start = heard.findIndex((sample) => sample !== 0);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(Buffer.from(heard.slice(start, start + said.length).buffer).equals(Buffer.from(said.buffer))).toBe(true);
    expect(events.lines).toContainEqual(expect.stringMatching(/^user: \[[01]\.\d seconds of speech\]$/));
  });

  it('is told once that the caller barged in, and hears nothing more of the old answer', async () => {
    const { session, events } = await environment.open();
    session.sendText('Say exactly: "This is a long story which goes on. And on."');
    await events.waitFor('audio');
    const loud = Int16Array.from({ length: 8_000 }, (_, i) => Math.round(Math.sin(i / 9) * 12_000));
    session.sendAudio(loud, 'speaking');
    await events.waitFor('interrupted');
    await eventually(() => events.lines.includes('turn ended'), 'an answer to what was said in between');
    await session.close();
    expect(events.lines.filter((line) => line === 'interrupted')).toHaveLength(1);
    expect(events.lines.join(' ')).not.toContain('"interrupted"');
  });

  it('keeps two sessions apart', async () => {
    const [one, two] = await Promise.all([environment.open({ callId: 'one' }), environment.open({ callId: 'two' })]);
    one.session.sendText('Say exactly: "First."');
    two.session.sendText('Say exactly: "Second."');
    await Promise.all([one.events.waitFor('turn ended'), two.events.waitFor('turn ended')]);
    await Promise.all([one.session.close(), two.session.close()]);
    expect(one.events.lines.join(' ')).not.toContain('Second.');
    expect(two.events.lines.join(' ')).not.toContain('First.');
  });

  it('ends all sessions politely when the process goes', async () => {
    const opened = await Promise.all([environment.open(), environment.open(), environment.open()]);
    await eventually(
      () => opened.every((_, i) => (environment.sandbox.sessions.at(-1 - i)?.inputEvents.length ?? 0) > 5),
      'audio',
    );
    await environment.client.closeAll();
    for (const { events } of opened) expect(events.ends).toEqual([{ kind: 'closed' }]);
    for (const { ended } of environment.sandbox.sessions.slice(-3)) expect(await ended).toEqual({ kind: 'completed' });
  });
});

describe('the limits of the service', () => {
  it('a call goes through rotation after rotation unnoticed, and knows at its end what was said in the beginning', async () => {
    // 480 s in 12 s, of which a quiet moment may take eight to come; the limit for silence is sped up, too (`idle`).
    const timeScale = 40;
    const environment = await BedrockEnvironment.start({
      sandbox: { timeScale, speechScale: 4, behaviours: { idle: '295' } },
      limits: { ...PATIENT_LIMITS, ...rotationRules(3_600), rotateByMs: 465_000 / timeScale },
    });
    const { session, events } = await environment.open();
    const ask = async (text: string, answer: string): Promise<void> => {
      session.sendText(text);
      await events.waitFor(`final: ${answer}`);
      // Participants think before they speak on.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    };
    await ask('Remember: my code word is heron.', 'I will remember that your code word is heron.');
    const answers: string[] = [];
    for (let turn = 1; events.rotations.length < 2; turn += 1) {
      answers.push(`final: This is ${turn}.`);
      await ask(`Say exactly: "This is ${turn}."`, `This is ${turn}.`);
    }
    await ask('What is my code word?', 'Your code word is heron.');
    await session.close();
    expect(events.errors).toEqual([]);
    expect(events.lines.filter((line) => line.startsWith('final: This'))).toEqual(answers);
    expect(events.rotations.map(({ forced }) => forced)).not.toContain(true);
    // Beats may come late where much else runs; of its own the change of streams takes none.
    const worstMs = environment.ticker.takeWorstLatenessMs();
    expect(Math.max(...events.rotations.map(({ gapMs }) => gapMs))).toBeLessThan(100 + 2 * worstMs);
    await eventually(() => environment.sandbox.sessions.every(({ endedWith }) => endedWith !== undefined), 'all ends');
    for (const { violations, endedWith } of environment.sandbox.sessions) {
      expect(violations).toEqual([]);
      expect(endedWith).toEqual({ kind: 'completed' });
    }
    await environment.expectNothingLeft();
    await environment.close();
  });

  it('a stream that is not left in time is ended by the service, and replaced', async () => {
    const environment = await BedrockEnvironment.start({
      sandbox: { timeScale: 240, behaviours: { idle: '295' } },
      limits: rotationRules(3_600_000),
    });
    const { session, events } = await environment.open();
    session.sendText('Say exactly: "Hello."');
    await events.waitFor('reconnected');
    expect(events.errors[0]?.code).toBe('model_timed_out');
    await session.close();
    const [first, second] = environment.sandbox.sessions;
    expect(first?.endedWith).toMatchObject({ kind: 'refused', type: 'modelTimeoutException' });
    expect(second?.texts.map(({ role }) => role)).toEqual(['SYSTEM', 'USER', 'ASSISTANT']);
    expect(second?.violations).toEqual([]);
    await environment.expectNothingLeft();
    await environment.close();
  });
});
