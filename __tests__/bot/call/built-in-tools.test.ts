import { z } from 'zod';
import type { CallActions } from '../../../bot/call/built-in/call-actions';
import { speechIn } from '../../../contract/languages/speech';
import { collectTool } from '../../../bot/call/built-in/collect';
import { ToolRunner } from '../../../bot/tools/tool-runner';
import { callFacts, requestOf } from '../tools/support/requests';
import { inConversation } from './support/call-setup';
import { callAgent } from '../../support/call-agents';
import { defineTool } from '../../../bot/tools/tool';
import type { TransferDestination, TransferOutcome } from '../../../bot/transport/transport';
import { collect, endCall, handoff, transfer } from '../../../contract/agent';
import { FakeClock, settle } from '../../support/fake-clock';

const DECLARED = {
  end_call: endCall(),
  to_billing: handoff({ to: 'billing', description: 'For bills.' }),
  person: transfer({ to: { desk: { when: 'Anybody asks for a person.' }, sales: { when: 'They want to buy.' } } }),
  birthday: collect({ asks: 'your date of birth', value: 'date' }),
  pin: collect({ asks: 'your PIN', value: 'digits', length: 4, isSecret: true }),
};
const BILLING = callAgent(new FakeClock(), {
  name: 'billing',
  greeting: 'You are through to billing.',
  speech: { systemPrompt: 'You do bills.', voiceId: 'amy', endpointingSensitivity: 'LOW' },
});

const message = (type: string, data: object) => ({ label: 'rtvi-ai', type, id: '9', data });

/** A call with an agent that has every built-in tool; `use` has the model call one, and gives what it is told. */
async function inCall() {
  const destinations = new Map([['desk', 'tel:+14155550100']]);
  const call = await inConversation({ destinations }, { declared: DECLARED, others: [BILLING] });
  const session = call.model.only;
  let count = 0;
  const use = async (name: string, args: object = {}): Promise<Record<string, unknown>> => {
    count += 1;
    session.events.onToolUse({ toolUseId: `use-${count}`, name, argumentsJson: JSON.stringify(args) });
    await settle();
    const result = session.toolResults.find(({ toolUseId }) => toolUseId === `use-${count}`);
    return JSON.parse(result?.json ?? '{}') as Record<string, unknown>;
  };
  return { ...call, session, use };
}

describe('endCall', () => {
  it('hangs up once the goodbye has been heard to its end, and no sooner', async () => {
    const { clock, session, transport, use } = await inCall();
    expect((await use('end_call'))['next']).toContain('Say goodbye');
    session.speak('Goodbye, and take care!', 3_000);
    await clock.advanceAsync(2_900);
    expect(transport.closedWith).toEqual([]);
    await clock.advanceAsync(300);
    expect(transport.closedWith).toEqual(['agent-ended']);
  });

  it('hears out what was said before it was called, where no goodbye follows', async () => {
    const { clock, session, transport, use } = await inCall();
    session.speak('Goodbye, and take care!', 6_000);
    await use('end_call');
    await clock.advanceAsync(5_900);
    expect(transport.closedWith).toEqual([]);
    await clock.advanceAsync(300);
    expect(transport.closedWith).toEqual(['agent-ended']);
  });

  it('hangs up after 4 s of nothing, and after 12 s whatever is said', async () => {
    const silent = await inCall();
    await silent.use('end_call');
    await silent.clock.advanceAsync(4_100);
    expect(silent.transport.closedWith).toEqual(['agent-ended']);
    const endless = await inCall();
    await endless.use('end_call');
    endless.session.speak('Goodbye, goodbye, goodbye.', 60_000);
    await endless.clock.advanceAsync(11_900);
    expect(endless.transport.closedWith).toEqual([]);
    await endless.clock.advanceAsync(200);
    expect(endless.transport.closedWith).toEqual(['agent-ended']);
  });

  it.each(['a barge-in', 'typed text'])('does not hang up on a caller who goes on: %s', async (how) => {
    const { clock, session, transport, use } = await inCall();
    await use('end_call');
    session.speak('Goodbye, and take care!', 3_000);
    await clock.advanceAsync(1_000);
    if (how === 'a barge-in') session.events.onInterrupted('caller');
    else transport.receive(message('send-text', { content: 'Wait!' }));
    session.speak('Yes?', 300);
    await clock.advanceAsync(15_000);
    expect(transport.closedWith).toEqual([]);
    expect(session.contexts.at(-1)).toContain('the call was not ended');
  });

  it('is refused while another tool is at work', async () => {
    const { clock, transport, session, use } = await inCall();
    session.events.onToolUse({ toolUseId: 'slow-1', name: 'slow', argumentsJson: '{}' });
    expect((await use('end_call'))['error']).toContain('still waits');
    await clock.advanceAsync(8_000);
    expect(transport.closedWith).toEqual([]);
  });
});

describe('handoff', () => {
  it('gives the session to the other agent: prompt, voice, tools, and words to begin with', async () => {
    const { session, use, call } = await inCall();
    expect((await use('to_billing', { reason: 'A bill of May.' }))['next']).toContain('Stay silent');
    expect(session.successors).toHaveLength(1);
    expect(session.successors[0]).toMatchObject({ callId: 'call-1', systemPrompt: 'You do bills.', voiceId: 'amy' });
    expect(session.successors[0]?.opening).toContain('Say exactly: "You are through to billing."');
    expect(session.successors[0]?.opening).toContain('"A bill of May."');
    session.events.onHandedOver(32);
    expect(call.summary.agent).toBe('billing');
    expect((await use('end_call'))['error']).toBe('There is no such tool.');
  });

  it('what a tool of the former agent still finds is told to the other without its private paths', async () => {
    let found: (patient: object) => void = () => undefined;
    const tool = defineTool({
      name: 'find_patient',
      description: 'Finds a patient.',
      schema: z.object({}),
      timeoutMs: 5_000,
      rules: { private: ['patient.phone'] },
      run: () => new Promise((resolve) => (found = resolve)),
    });
    const { model } = await inConversation({}, { tools: [tool], declared: DECLARED, others: [BILLING] });
    const session = model.only;
    const findWhile = async (toolUseId: string, isHandedOver: boolean): Promise<unknown> => {
      session.events.onToolUse({ toolUseId, name: 'find_patient', argumentsJson: '{}' });
      if (isHandedOver) {
        const argumentsJson = JSON.stringify({ reason: 'A bill.' });
        session.events.onToolUse({ toolUseId: 'away', name: 'to_billing', argumentsJson });
        await settle();
        session.events.onHandedOver(32);
      }
      await settle();
      found({ patient: { name: 'Ada', phone: '0471' } });
      await settle();
      return JSON.parse(session.toolResults.find((result) => result.toolUseId === toolUseId)?.json ?? '{}');
    };
    expect(await findWhile('before', false)).toEqual({ patient: { name: 'Ada', phone: '0471' } });
    expect(await findWhile('meanwhile', true)).toEqual({ patient: { name: 'Ada' } });
  });

  it('is taken back where it fails, and said', async () => {
    const { session, use, call } = await inCall();
    await use('to_billing', { reason: 'A bill.' });
    session.events.onHandoverFailed();
    expect(call.summary.agent).toBe('test');
    expect(session.texts.at(-1)).toContain('cannot be reached');
    expect((await use('end_call'))['next']).toContain('Say goodbye');
  });
});

describe('tools that an MCP server changes in the middle of a call', () => {
  const toolOf = (name: string, says: string) =>
    defineTool({
      name,
      description: says,
      schema: z.object({}),
      timeoutMs: 5_000,
      run: () => Promise.resolve({ says }),
    });

  it('are those of the next stream, and of no other agent’s', async () => {
    const tools = [toolOf('first', 'one')];
    const { model } = await inConversation({}, { tools, declared: DECLARED, others: [BILLING] });
    const session = model.only;
    const ask = async (toolUseId: string, name: string): Promise<unknown> => {
      session.events.onToolUse({ toolUseId, name, argumentsJson: '{"reason":"A bill."}' });
      await settle();
      return JSON.parse(session.toolResults.find((result) => result.toolUseId === toolUseId)?.json ?? '{}');
    };
    const names = (): unknown => session.options.currentTools?.().map(({ name }) => name);
    const own = ['first', ...Object.keys(DECLARED)];
    expect(names()).toEqual(own);
    tools.push(toolOf('second', 'two'));
    expect(await ask('a', 'second')).toMatchObject({ error: 'There is no such tool.' });
    expect(names()).toEqual(['first', 'second', ...Object.keys(DECLARED)]);
    expect(await ask('b', 'second')).toEqual({ says: 'two' });
    await ask('c', 'to_billing');
    tools.push(toolOf('third', 'three'));
    expect(names()).toEqual(own);
    expect(session.successors[0]?.currentTools?.()).toEqual([]);
  });
});

describe('transfer', () => {
  const DESK = { name: 'desk', address: 'tel:+14155550100' };
  /** A call on a line, of which each transfer waits for its outcome. */
  async function onALine() {
    const call = await inCall();
    const asked: { to: TransferDestination; signal: AbortSignal; end: (outcome: TransferOutcome) => void }[] = [];
    call.transport.transfer = (to, signal) => new Promise((end) => asked.push({ to, signal, end }));
    /** Until the caller has heard that it is coming. */
    const announced = async (): Promise<void> => {
      expect((await call.use('person', { to: 'desk' }))['next']).toContain('you connect them now');
      call.session.speak('I connect you now.', 1_000);
      await call.clock.advanceAsync(1_300);
    };
    return { ...call, asked, announced };
  }

  it('says that nobody can be connected where the transport cannot', async () => {
    const { use, log } = await inCall();
    expect((await use('person', { to: 'desk' }))['error']).toBe('Nobody can be connected from this call.');
    expect((await use('person', { to: 'elsewhere' }))['error']).toContain('to: ');
    expect(log).toContainEqual(expect.objectContaining({ tool: 'person', outcome: 'tool_unavailable' }));
  });

  it('says so, too, where nothing tells the address', async () => {
    const { use, transport } = await onALine();
    transport.transfer = () => Promise.resolve({ kind: 'given-away' });
    expect((await use('person', { to: 'sales' }))['error']).toBe('Nobody can be connected from this call.');
  });

  it('connects the caller who has heard of it, and is over when they are with somebody else', async () => {
    const { clock, session, use, transport, asked, log } = await onALine();
    await use('person', { to: 'desk' });
    session.speak('I connect you now.', 1_000);
    await clock.advanceAsync(900);
    expect(asked).toEqual([]);
    await clock.advanceAsync(300);
    expect(asked.map(({ to }) => to)).toEqual([DESK]);
    asked[0]?.end({ kind: 'given-away' });
    await settle();
    expect(transport.closedWith).toEqual(['transferred']);
    expect(log).toContainEqual(expect.objectContaining({ msg: 'call transferred', to: 'desk', outcome: 'given-away' }));
    expect(JSON.stringify(log)).not.toContain(DESK.address);
  });

  it.each([
    [{ kind: 'failed', why: 'busy' }, 'not connected: the line there is busy'],
    [{ kind: 'invited' }, 'asked to join this call'],
  ] as const)('has the agent go on, told what came of it: %j', async (outcome, words) => {
    const { session, transport, asked, announced } = await onALine();
    await announced();
    asked[0]?.end(outcome);
    await settle();
    expect(session.texts.at(-1)).toContain(words);
    expect(transport.closedWith).toEqual([]);
    await announced();
    expect(asked).toHaveLength(2);
  });

  it('gives up what says nothing for 20 s, and at the end of the call', async () => {
    const { clock, session, call, asked, announced } = await onALine();
    await announced();
    await clock.advanceAsync(20_000);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(session.texts.at(-1)).toContain('not connected: nobody answers there');
    await announced();
    const before = session.texts.length;
    const closed = call.close('caller-left');
    await settle();
    expect(asked[1]?.signal.aborted).toBe(true);
    await closed;
    expect(session.texts).toHaveLength(before);
  });

  it('is told to the model when somebody has come, so that it does not talk over them', async () => {
    const { session, transport } = await onALine();
    transport.events?.onJoined?.();
    expect(session.contexts.at(-1)).toContain('Another person has joined');
  });

  it('stays with a caller who goes on', async () => {
    const { clock, session, use, asked } = await onALine();
    await use('person', { to: 'desk' });
    session.speak('I connect you now.', 1_000);
    await clock.advanceAsync(500);
    session.events.onInterrupted('caller');
    await clock.advanceAsync(15_000);
    expect(asked).toEqual([]);
    expect(session.contexts.at(-1)).toContain('they were not connected with anybody');
  });
});

describe('collect', () => {
  it('checks, reads back, and takes what the caller agreed to', async () => {
    const { clock, session, use } = await inCall();
    expect((await use('birthday', { value: '1990-02-31' }))['error']).toContain('a day of the calendar');
    const asked = await use('birthday', { value: '1990-02-28' });
    expect(asked['ask']).toBe('your date of birth: February 28, 1990. Is that right?');
    session.speak(String(asked['ask']), 400);
    await clock.advanceAsync(600);
    session.events.onTranscript({ role: 'user', text: 'Yes, please.', stage: 'final' });
    expect(await use('birthday', { value: '1990-02-28' })).toEqual({ agreed: '1990-02-28' });
  });

  it.each([
    [{ value: 'digits' }, 'en-US', '04-71', '0471', '0 4 7 1', 'Yes, 0471.'],
    [{ value: 'phone-number' }, 'en-US', '+1 415 555 0142', '+14155550142', '+ 1 4 1 5 5 5 5 0 1 4 2', 'Yes.'],
    [{ value: 'time' }, 'en-US', '14:30', '14:30', '2:30 PM', 'Yes, 2:30 PM.'],
    [{ value: 'date' }, 'de-DE', '2026-12-01', '2026-12-01', '1. Dezember 2026', 'Ja, genau.'],
    [{ value: 'name' }, 'fr-FR', 'Zoé Lefèvre', 'Zoé Lefèvre', 'Zoé Lefèvre', 'Oui, merci.'],
  ] as const)('reads %j back in %s as it is spoken: %s', async (wanted, language, said, kept, spoken, yes) => {
    const tool = collect({ asks: 'it', ...wanted });
    const values: Record<string, string> = {};
    const call = { keep: (name: string, value: string) => void (values[name] = value) } as unknown as CallActions;
    const runner = new ToolRunner(
      [collectTool('value', tool, { language, texts: speechIn(language).texts }, call)],
      new FakeClock(),
      language,
    );
    const facts = callFacts();
    const ask = async (value: string): Promise<Record<string, unknown>> => {
      const answer = await runner.run(requestOf('value', { value }, facts), new AbortController().signal);
      return JSON.parse(answer.json) as Record<string, unknown>;
    };
    const { ask: sentence } = await ask(said);
    expect(sentence).toContain(spoken);
    // However the model groups the figures: it is the same value.
    facts.ledger.confirmation.botHeard(String(sentence).replaceAll(/(?<=\d) (?=\d)/g, ''));
    facts.ledger.confirmation.callerSaid(yes);
    expect(await ask(kept)).toEqual({ agreed: kept });
    expect(values).toEqual({ value: kept });
  });

  it('lets nobody but tools have digits that are pressed for a secret', async () => {
    const { clock, session, transport, log, use } = await inCall();
    expect((await use('pin'))['next']).toContain('not what it is');
    const press = async (keys: string): Promise<void> => {
      transport.receive(message('dtmf', { buttons: keys.split('') }));
      await clock.advanceAsync(2_100);
    };
    await press('123#');
    expect(session.texts.at(-1)).toContain('pressed 3 keys for your PIN, and it has 4');
    await press('8642#');
    expect(session.texts.at(-1)).toBe(
      'The caller has pressed your PIN: 4 digits. They are kept, and not shown to you. Go on.',
    );
    expect(JSON.stringify([session.texts, session.contexts, session.toolResults, transport.sent, log])).not.toMatch(
      /8642|8 6 4 2/,
    );
    await press('5');
    expect(session.texts.at(-1)).toContain('pressed these keys of the telephone: 5');
  });
});
