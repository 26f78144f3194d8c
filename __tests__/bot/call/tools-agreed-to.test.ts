import { z } from '../../../contract/agent';
import { defineTool } from '../../../bot/tools/tool';
import { settle } from '../../support/fake-clock';
import { inConversation } from './support/call-setup';

const SENTENCE = 'I will book Monday for you. Is that right?';

async function setup() {
  const booked: unknown[] = [];
  const book = defineTool({
    name: 'book',
    description: 'Books.',
    schema: z.object({ day: z.string() }),
    timeoutMs: 1_000,
    rules: { confirm: 'I will book {day} for you. Is that right?' },
    run: (args) => {
      booked.push(args);
      return Promise.resolve({ booked: true });
    },
  });
  const inCall = await inConversation({}, { tools: [book] });
  let uses = 0;
  const ask = async (): Promise<Record<string, unknown>> => {
    const toolUseId = `use-${(uses += 1)}`;
    inCall.model.only.events.onToolUse({ toolUseId, name: 'book', argumentsJson: '{"day":"Monday"}' });
    await settle();
    const result = inCall.model.only.toolResults.find((one) => one.toolUseId === toolUseId);
    return JSON.parse(result?.json ?? '{}') as Record<string, unknown>;
  };
  const says = (text: string): void => inCall.model.only.events.onTranscript({ role: 'user', text, stage: 'final' });
  return { ...inCall, booked, ask, says };
}

describe('a tool that the caller must agree to, in a call', () => {
  it('runs once the caller has heard it read back and has said yes', async () => {
    const { ask, says, booked, model, clock } = await setup();
    says('Book Monday, please.');
    expect(await ask()).toMatchObject({ ask: SENTENCE });
    model.only.speak(SENTENCE, 2_000);
    await clock.advanceAsync(2_500);
    says('Yes, please.');
    expect(await ask()).toEqual({ booked: true });
    expect(booked).toEqual([{ day: 'Monday' }]);
  });

  it('does not run while the sentence is still being spoken', async () => {
    const { ask, says, booked, model, clock } = await setup();
    says('Book Monday, please.');
    await ask();
    model.only.speak(SENTENCE, 2_000);
    await clock.advanceAsync(100);
    says('Yes, please.');
    expect(await ask()).toMatchObject({ ask: SENTENCE });
    expect(booked).toEqual([]);
  });
});
