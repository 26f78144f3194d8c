import type { Successor } from '../../../../bot/sonic/speech-model';
import { announced, hear, OPTIONS, said, toolUse } from './support/conversation-setup';
import type { FakeModelStream } from '../../../support/fake-model-streams';
import { audio, exchange, setUpRotation } from './support/rotation-setup';

const BILLING: Successor = {
  ...OPTIONS,
  systemPrompt: 'You do bills.',
  voiceId: 'amy',
  tools: [{ name: 'look_up_bill', description: 'Finds a bill.', inputSchema: { type: 'object' } }],
  opening: 'You take over this call now.',
};
const ASKED = 'You take over this call now. The caller\'s last words were: "I have a question about my bill."';

/** The caller has asked for another agent, and the model for its tool. */
async function setUpHandover() {
  const all = await setUpRotation();
  const { first, session } = all;
  first.output(...exchange('My name is Ada.', 'Hello, Ada.'));
  session.heard('Hello, Ada.');
  first.output(...said('USER', 'I have a question about my bill.'), toolUse('t1'));
  session.handOver(BILLING);
  session.sendToolResult('t1', '{"next":"Stay silent."}');
  return all;
}

describe('a conversation that is given to another agent', () => {
  it('goes on, on a stream with its prompt, voice and tools, which knows what was said and by whom it was asked', async () => {
    const { clock, opener, events, first, session } = await setUpHandover();
    expect(opener.streams).toHaveLength(2);
    const second = opener.latest;
    expect(second.sent.find(({ name }) => name === 'promptStart')?.body).toMatchObject({
      audioOutputConfiguration: { voiceId: 'amy' },
      toolConfiguration: { tools: [{ toolSpec: { name: 'look_up_bill' } }] },
    });
    second.accept();
    clock.advance(192);
    expect(second.texts).toEqual([
      'SYSTEM You do bills.',
      'USER My name is Ada.',
      'ASSISTANT Hello, Ada.',
      `USER! ${ASKED}`,
    ]);
    expect(first.end).toEqual({ kind: 'closed' });
    second.output(...announced('Which bill?'), ...audio(500, 'END_TURN'));
    expect(events.lines).toEqual(expect.arrayContaining(['handed over after 0 ms']));
    expect(events.lines.filter((line) => line.startsWith('rotated'))).toEqual([]);
    expect(events.timesAskedAgain).toBe(1);
    await session.close();
  });

  it.each([0, 9, 60])('misses nothing of the caller, though the beat comes %i ms late', async (lateMs) => {
    const { clock, opener, events, session } = await setUpHandover();
    hear(session, clock, 320, 0);
    opener.latest.accept();
    clock.stall(lateMs);
    clock.advance(32);
    expect(events.lines).toEqual(expect.arrayContaining(['handed over after 0 ms']));
    expect(opener.latest.audioEvents).toBeGreaterThan(0);
  });

  it('hears nothing more of the former agent, whose answer is over', async () => {
    const { opener, events, first } = await setUpHandover();
    const before = events.lines.length;
    first.output(...announced('Let me tell you a story.'), ...audio(2_000, 'END_TURN'), toolUse('t2'));
    expect(events.lines.slice(before)).toEqual([]);
    expect(events.tools.map(({ toolUseId }) => toolUseId)).toEqual(['t1']);
    expect(opener.streams).toHaveLength(2);
  });

  it('what the caller says meanwhile is answered by the successor', async () => {
    const { clock, opener, first } = await setUpHandover();
    first.output(...said('USER', 'It is number seven.'));
    opener.latest.accept();
    clock.advance(192);
    expect(opener.latest.texts.at(-1)).toContain('It is number seven.');
  });

  it('a stream that breaks meanwhile is replaced by the successor’s, and its own is opened anew', async () => {
    const { clock, opener, events, first } = await setUpHandover();
    first.lose();
    const second = opener.latest;
    second.accept();
    clock.advance(192);
    expect(second.texts.at(-1)).toBe(`USER! ${ASKED}`);
    const handedOver = events.lines.filter((line) => line.startsWith('handed over'));
    expect(handedOver).toHaveLength(1);
    second.lose();
    clock.advance(400);
    opener.latest.accept();
    clock.advance(192);
    expect(opener.latest.texts.at(-1)).toBe(`USER! ${ASKED}`);
    expect(opener.latest.texts[0]).toBe('SYSTEM You do bills.');
    expect(events.lines.filter((line) => line.startsWith('handed over'))).toEqual(handedOver);
    expect(events.rotations).toEqual([]);
  });

  it('is told, too, where the successor’s first stream breaks before it was sent anything', async () => {
    const { clock, opener, events, first } = await setUpHandover();
    first.lose();
    opener.latest.lose();
    clock.advance(400);
    opener.latest.accept();
    clock.advance(192);
    expect(events.lines.filter((line) => line.startsWith('handed over'))).toHaveLength(1);
  });

  it('waits for no beat where a stream that is ready has to take over', async () => {
    const { opener, session, clock, first } = await setUpHandover();
    hear(session, clock, 320);
    opener.latest.accept();
    expect(opener.latest.audioEvents).toBe(0);
    first.lose();
    expect(opener.latest.audioEvents).toBeGreaterThan(0);
  });

  it('leaves no tool of the former agent unanswered, which may have to go on', async () => {
    const { clock, first, events, session } = await setUpHandover();
    first.output(toolUse('t2'), toolUse('t2'));
    session.sendText('Hello?');
    clock.advance(8_100);
    first.output(toolUse('t3'));
    expect(events.tools.map(({ toolUseId }) => toolUseId)).toEqual(['t1', 't3']);
    session.sendToolResult('t3', '{}');
    const answers = first.sent.filter(({ name }) => name === 'toolResult').map(({ body }) => body['content']);
    expect(answers).toEqual(['{"next":"Stay silent."}', expect.stringContaining('not done'), '{}']);
  });

  it('a tool that still runs is answered in words, to the successor', async () => {
    const all = await setUpRotation();
    const { clock, opener, first, session } = all;
    first.output(
      ...exchange('My name is Ada.', 'Hello, Ada.'),
      ...said('USER', 'Look it up.'),
      toolUse('slow'),
      toolUse('t1'),
    );
    session.heard('Hello, Ada.');
    session.handOver(BILLING);
    session.sendToolResult('t1', '{}');
    opener.latest.accept();
    clock.advance(192);
    session.sendToolResult('slow', '{"bill":7}');
    clock.advance(192);
    expect(opener.latest.texts.at(-1)).toContain('{"bill":7}');
    expect(first.sent.filter(({ name }) => name === 'toolResult')).toHaveLength(1);
  });

  it('stays with the former agent where no stream can be opened for the other', async () => {
    const { clock, opener, events, first, session } = await setUpHandover();
    clock.advance(8_100);
    expect(events.lines).toEqual(expect.arrayContaining(['handover failed']));
    session.sendText('The other agent cannot be reached.');
    clock.advance(192);
    expect(first.texts.at(-1)).toBe('USER! The other agent cannot be reached.');
    expect(opener.latest.texts[0]).toBe('SYSTEM Be kind.');
    first.output(...announced('I am sorry.'), ...audio(500, 'END_TURN'));
    expect(events.lines).toEqual(expect.arrayContaining(['speculative: I am sorry.']));
    await session.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells each stream of its tools as they are then', async () => {
    const { clock, opener, session } = await setUpRotation();
    const tools = [...BILLING.tools];
    session.handOver({ ...BILLING, currentTools: () => [...tools] });
    const toolsOf = ({ sent }: FakeModelStream): string[] => {
      const { toolConfiguration } = sent.find(({ name }) => name === 'promptStart')?.body ?? {};
      return (toolConfiguration as { tools: { toolSpec: { name: string } }[] }).tools.map(
        ({ toolSpec }) => toolSpec.name,
      );
    };
    expect(toolsOf(opener.latest)).toEqual(['look_up_bill']);
    opener.latest.accept();
    clock.advance(64);
    tools.push({ name: 'pay_bill', description: 'Pays a bill.', inputSchema: { type: 'object' } });
    opener.latest.lose();
    clock.advance(400);
    expect(toolsOf(opener.latest)).toEqual(['look_up_bill', 'pay_bill']);
  });

  it('waits for a caller who is speaking, and loses none of what they say', async () => {
    const { clock, opener, session } = await setUpHandover();
    hear(session, clock, 400);
    opener.latest.accept();
    hear(session, clock, 1_000);
    const second = opener.latest;
    expect(second.audioEvents).toBe(0);
    hear(session, clock, 2_500);
    expect(second.audioEvents).toBeGreaterThan(0);
  });
});
