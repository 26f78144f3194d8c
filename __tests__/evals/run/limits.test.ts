import { brokenLimits, type CallFacts } from '../../../evals/run';
import type { CallEvent } from '../../../evals/expect';
import type { Limits } from '../../../evals/scenario';

const called = (name: string): CallEvent => ({ name: 'function_call', atMs: 0, call: { name, args: {} } });
const heard = (text: string): CallEvent => ({ name: 'tts_response', atMs: 0, text });
const event = (name: CallEvent['name']): CallEvent => ({ name, atMs: 0 });
const HEALTHY: CallFacts = { events: [], ended: 'caller' };

describe("a scenario's limits", () => {
  it.each<[string, Limits, Partial<CallFacts>, string]>([
    [
      'a tool called twice',
      { calls_total: { book: 1 } },
      { events: [called('book'), called('book')] },
      'book was called 2 times, not 1',
    ],
    [
      'a tool carried out unasked',
      { effects_total: { book: 0 } },
      { effects: { book: 1 } },
      'book was carried out 1 times, not 0',
    ],
    [
      'a handoff without history',
      { model_sees: ['my bill'], next_model_sees: ['my bill'] },
      { modelTexts: ['prompt', 'my bill'], nextModelTexts: ['prompt'] },
      'the next stream was never told "my bill"',
    ],
    [
      'two answers to what was typed',
      { answers_per_turn: 1 },
      {
        turnsSentMs: [0, 20],
        events: [10, 30, 40].map((atMs) => ({ name: 'llm_started', atMs })),
      },
      'one turn was answered 2 times, not 1 at most',
    ],
    [
      'a tool that is never answered',
      { tool_answered_max_ms: 9_000 },
      { toolAnswersMs: [300, Infinity] },
      "the model's wait for a tool's result was Infinity ms, not 9000 ms at most",
    ],
    ['a call that is taken', { refused: 'bad_request' }, {}, 'the call was taken, not refused as bad_request'],
    [
      'a refusal for another reason',
      { refused: 'bad_request' },
      { refused: 'busy' },
      'the call was refused as busy, not refused as bad_request',
    ],
    [
      'unheard words in the history',
      { next_model_never_sees: ['the end'] },
      { nextModelTexts: ['the end'] },
      'the next stream was told "the end"',
    ],
    ['a log without a line', { log_has: ['ended'] }, { logLines: ['begun'] }, 'the log never had "ended"'],
    [
      'four seconds of silence',
      { silence_max_ms: 2_500 },
      { waitsMs: [300, 4_000] },
      'the longest wait was 4000 ms, not 2500 ms at most',
    ],
    [
      'a stop that is late',
      { stop_max_ms: 60 },
      { stopsMs: [20, 560] },
      'the time until the bot stopped was 560 ms, not 60 ms at most',
    ],
    [
      'a late greeting',
      { greeting_max_ms: 2_000 },
      { greetedAfterMs: 3_100 },
      'the greeting was 3100 ms, not 2000 ms at most',
    ],
    [
      'a second answer',
      { answers_per_turn: 1 },
      { events: [event('user_transcription'), event('llm_started'), event('llm_started')] },
      'one turn was answered 2 times, not 1 at most',
    ],
    ['another who hung up', { ended_by: 'bot' }, {}, 'the call was ended by caller, not by bot'],
    ['a lost call', { ended_by: 'caller' }, { ended: 'lost' }, 'the call was ended by lost, not by caller'],
    ['no handoff', { handoffs: ['billing'] }, {}, 'the call was handed to nobody, not to billing'],
    [
      'a secret in log and client',
      { secrets_leaked: 0 },
      { secrets: ['k-123'], logLines: ['x k-123'], clientTexts: ['"k-123"'], modelTexts: ['y'] },
      'a secret was seen by the client and the log',
    ],
    ['what the model was not told', { model_sees: ['Ada'] }, { modelTexts: ['Bob'] }, 'the model was never told "Ada"'],
    [
      'unheard words in the history',
      { model_never_sees: ['and on'] },
      { modelTexts: ['on and on'] },
      'the model was told "and on"',
    ],
    ['what the client did not see', { client_sees: ['Ada'] }, {}, 'the client never saw "Ada"'],
    ['what the client saw', { client_never_sees: ['Ada'] }, { clientTexts: ['Ada'] }, 'the client saw "Ada"'],
    ['words in the log', { log_never_has: ['Ada'] }, { logLines: ['Ada'] }, 'the log has "Ada"'],
    [
      'a sentence heard twice',
      { words_repeated: 0 },
      { events: [heard('Nine thirty is free.'), heard('Yes.'), heard('Yes.'), heard('Nine thirty is free. ')] },
      'heard twice: "Nine thirty is free."',
    ],
  ])('find %s', (_, limits, facts, words) => {
    expect(brokenLimits(limits, { ...HEALTHY, ...facts })).toEqual([words]);
    expect(brokenLimits({}, { ...HEALTHY, ...facts })).toEqual([]);
  });

  it('find nothing where nothing is wrong', () => {
    const events = [event('user_transcription'), called('book'), event('llm_started'), heard('It is booked now.')];
    const limits: Limits = {
      calls_total: { book: 1, cancel: 0 },
      effects_total: { book: 1 },
      silence_max_ms: 2_500,
      answers_per_turn: 1,
      words_repeated: 0,
      secrets_leaked: 0,
      ended_by: 'caller',
      handoffs: [],
    };
    expect(brokenLimits(limits, { ...HEALTHY, events, effects: { book: 1 }, waitsMs: [900], secrets: ['k'] })).toEqual(
      [],
    );
  });
});
