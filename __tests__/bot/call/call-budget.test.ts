import { costOf, tokensOf } from '../../../bot/call/token-cost';
import { Spending } from '../../../bot/call/spending';
import type { Spent } from '../../../bot/usage-limits';
import { OPEN_ADMISSION } from '../../support/open-admission';
import { GREETING, heardRecording, inConversation } from './support/call-setup';

/** As of Nova 2.5 Sonic. */
const PRICES = { inputSpeech: 3, inputText: 0.33, outputSpeech: 12, outputText: 2.75 };
const NONE = { inputSpeechTokens: 0, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };
const type = (content: string) => ({ label: 'rtvi-ai', type: 'send-text', id: 't', data: { content } });

describe('what a call may cost', () => {
  it('P2: a call that reaches TOKENS_PER_CALL closes the model, says goodbye from a recording, and ends', async () => {
    const ceilings = { maxTokens: 5_000, maxDollars: undefined };
    const { call, model, transport, clock } = await inConversation({ ceilings });
    model.only.events.onUsage({ ...NONE, inputTextTokens: 4_000, outputSpeechTokens: 500 });
    await clock.advanceAsync(1_000);
    expect(call.summary.state).toBe('listening');
    model.only.events.onUsage({ ...NONE, outputSpeechTokens: 600 });
    expect(call.summary.state).toBe('closing');
    expect(model.only.closes).toBe(1);
    await clock.advanceAsync(5_000);
    await call.ended;
    expect(heardRecording(transport)).toBe(true);
    expect(model.only.texts).toEqual([GREETING]);
    expect(transport.closedWith).toEqual(['budget-spent']);
    expect(transport.sent).toContainEqual(
      expect.objectContaining({ type: 'server-message', data: { type: 'call-ending', reason: 'budget-spent' } }),
    );
    expect(clock.pendingTimers).toBe(0);
  });

  it('P2: what the model has not reported yet counts by an estimate: hours of silence, and a flood of speech', async () => {
    const ceilings = { maxTokens: undefined, maxDollars: 0.01 };
    const prices = PRICES;
    const silent = await inConversation({ ceilings, userAbsentMs: 3_600_000 }, { prices });
    await silent.clock.advanceAsync(140_000, 1_000);
    expect(silent.transport.closedWith).toEqual(['budget-spent']);
    const flooded = await inConversation({ ceilings }, { prices });
    let spokenMs = 500;
    for (; spokenMs < 60_000 && flooded.call.summary.state !== 'closing'; spokenMs += 200) {
      flooded.model.only.events.onAudio(new Int16Array(200 * 24));
    }
    expect(flooded.model.only.closes).toBe(1);
    const outputSpeechTokens = (spokenMs / 1000) * 25;
    expect(costOf({ ...NONE, outputSpeechTokens }, prices)).toBeLessThanOrEqual(0.01 * 1.05);
  });

  it('P2: a text that would go over the ceiling does not reach the model', async () => {
    const ceilings = { maxTokens: 1_200, maxDollars: undefined };
    const { call, model, transport } = await inConversation({ ceilings });
    transport.receive(type('y'.repeat(4_000)));
    expect(model.only.texts).toEqual([GREETING]);
    expect(call.summary.state).toBe('closing');
  });

  it('P2: a call ends likewise when the tokens or dollars of the day are used up, by whomever', async () => {
    let isDaySpent = false;
    const told: Spent[] = [];
    const admission = {
      ...OPEN_ADMISSION,
      get isDaySpent() {
        return isDaySpent;
      },
      spent: (_id: string, spent: Spent) => void told.push(spent),
    };
    const { call, model, transport, clock } = await inConversation({}, { admission, prices: PRICES });
    model.only.events.onUsage({ ...NONE, outputSpeechTokens: 1_000 });
    expect(told).toEqual([{ tokens: 1_000, dollars: 0.012 }]);
    isDaySpent = true;
    await clock.advanceAsync(1_100);
    expect(call.summary.state).toBe('closing');
    await clock.advanceAsync(6_000);
    expect(transport.closedWith).toEqual(['budget-spent']);
  });

  it('without ceilings nothing is watched, and the day still hears of all that was used', async () => {
    const told: Spent[] = [];
    const admission = { ...OPEN_ADMISSION, spent: (_id: string, spent: Spent) => void told.push(spent) };
    const { call, model, clock } = await inConversation({}, { admission });
    model.only.events.onUsage({ ...NONE, outputSpeechTokens: 1_000_000_000 });
    await clock.advanceAsync(2_000);
    expect(call.summary.state).toBe('listening');
    await call.close('operator');
    expect(told).toHaveLength(2);
    // Two seconds in which the model listened, and reported nothing.
    expect(told.at(-1)).toEqual({ tokens: 50, dollars: 0 });
  });
});

describe('spending', () => {
  it('is what was reported, and an estimate of what was not', () => {
    const spending = new Spending();
    spending.reads('x'.repeat(300));
    spending.listens(0);
    spending.spoke(24_000);
    spending.wrote('z'.repeat(60));
    expect(spending.usage(2_000, 'y'.repeat(30))).toEqual({
      inputSpeechTokens: 50,
      inputTextTokens: 110,
      outputSpeechTokens: 25,
      outputTextTokens: 20,
    });
    const reported = { inputSpeechTokens: 48, inputTextTokens: 80, outputSpeechTokens: 26, outputTextTokens: 9 };
    spending.reported(reported, 2_000);
    expect(spending.usage(2_000)).toEqual(reported);
    expect(tokensOf(spending.usage(3_000)) - tokensOf(reported)).toBe(25);
    expect(costOf(spending.usage(2_000), PRICES)).toBeCloseTo(0.000507, 5);
  });
});
