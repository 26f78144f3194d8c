import type { ScriptedReply } from '../../../fakes/bedrock';
import type { Evidence } from '../evidence';
import type { ScenarioModel } from '../model/scenario-model';
import type { SeededFault } from './fault';

type UseTool = Extract<ScriptedReply['reply'], { kind: 'use-tool' }>;

/** A model that does otherwise where it would have used a tool. */
function uses(
  model: ScenarioModel,
  instead: (use: UseTool, goOn: () => ScriptedReply | undefined) => ScriptedReply | undefined,
): ScenarioModel {
  const changed = (one: ScriptedReply | undefined, goOn: () => ScriptedReply | undefined): ScriptedReply | undefined =>
    one?.reply.kind === 'use-tool' ? instead(one.reply, goOn) : one;
  return {
    turn: (index) => model.turn(index),
    said: (words, spoken) => {
      const said = model.said(words, spoken);
      const reply = changed(said, () => model.said(words, spoken));
      return reply === undefined ? undefined : { ...reply, words: said?.words };
    },
    toolAnswered: (content) => changed(model.toolAnswered(content), () => model.toolAnswered(content)),
  };
}

/** The first use of a tool is made a second time. */
function usesTwice(model: ScenarioModel): ScenarioModel {
  let again: ScriptedReply | undefined;
  const first = uses(model, (use) => {
    again ??= { reply: use };
    return { reply: use };
  });
  let wasRepeated = false;
  return {
    ...first,
    toolAnswered: (content) => {
      if (again === undefined || wasRepeated) return first.toolAnswered(content);
      wasRepeated = true;
      return again;
    },
  };
}

/** Streams after the first have been told these words, too. */
const withText = (evidence: Evidence, text: string): Evidence => ({
  ...evidence,
  sessions: evidence.sessions.map((session, at) =>
    at === 0 ? session : { ...session, texts: [...session.texts, { role: 'ASSISTANT', interactive: false, text }] },
  ),
});
const withLogLine = (evidence: Evidence, line: Readonly<Record<string, unknown>>): Evidence => ({
  ...evidence,
  log: [...evidence.log, line],
});

/** Streams after the first know their prompt only. */
const onlyPrompts = (evidence: Evidence): Evidence => ({
  ...evidence,
  sessions: evidence.sessions.map((session, at) =>
    at === 0 ? session : { ...session, texts: session.texts.filter(({ role }) => role === 'SYSTEM') },
  ),
});

/** Wrong in what the model does, what tools answer, what it is told and what the log gets. */
export const INNER_FAULTS = {
  wrong_tool_argument: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'expected get_current_time({"place":"Rome"})',
    model: (model) =>
      uses(model, (use) => ({ reply: { ...use, argumentsJson: use.argumentsJson.replace('Rome', 'Oslo') } })),
  },
  tool_not_called: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'no function_call',
    model: (model) => uses(model, (_use, goOn) => goOn()),
  },
  tool_called_twice: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'get_current_time was carried out 2 times',
    model: usesTwice,
  },
  tool_run_again_after_an_interruption: {
    foundBy: 'assistant: tools/asked_again_while_a_tool_runs',
    says: 'get_weather was carried out 2 times',
    evidence: (evidence) => ({
      ...evidence,
      effects: { ...evidence.effects, get_weather: (evidence.effects['get_weather'] ?? 0) + 1 },
    }),
  },
  injection_obeyed: {
    foundBy: 'assistant: tools/injection_changes_nothing',
    says: 'get_weather was called 2 times',
    model: usesTwice,
  },
  failure_hidden_from_model: {
    foundBy: 'assistant: tools/failing_tool_is_told',
    says: 'never told "The weather service is closed."',
    mocks: () => ({ get_weather: { result: { summary: 'It is sunny.' }, mock: 'offline' } }),
  },
  hanging_tool_never_given_up: {
    foundBy: 'assistant: tools/hanging_tool_is_given_up',
    says: 'never told "took too long"',
    mocks: () => ({ get_weather: { result: { summary: 'It is sunny.' }, mock: 'offline' } }),
  },
  secret_in_a_result: {
    foundBy: 'clinic: appointment/reads_back_before_it_books',
    says: 'a secret was seen by the client and the model',
    mocks: (mocks) => ({
      ...mocks,
      find_slot: { result: { slots: [{ slot: 's1', time: 'not-to-be-seen-clinic_key' }] }, mock: 'offline' },
    }),
  },
  secret_in_the_log: {
    foundBy: 'clinic: appointment/reads_back_before_it_books',
    says: 'a secret was seen by the log',
    evidence: (evidence) => withLogLine(evidence, { msg: 'tool failed', authorization: evidence.secrets[0] }),
  },
  words_in_the_log: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'the log has "Rome"',
    evidence: (evidence) => withLogLine(evidence, { msg: 'heard', text: 'What time is it in Rome?' }),
  },
  unheard_words_in_history: {
    foundBy: 'assistant: conversation/interrupted_by_voice',
    says: 'the next stream was told "as anybody likes"',
    evidence: (evidence) => withText(evidence, 'It goes on and on, for as long as anybody likes.'),
  },
  history_lost_with_the_stream: {
    foundBy: 'assistant: conversation/lost_stream_while_speaking',
    says: 'the next stream was never told "heron"',
    evidence: onlyPrompts,
  },
  handoff_without_history: {
    foundBy: 'clinic: appointment/hands_over_to_billing',
    says: 'the next stream was never told',
    evidence: onlyPrompts,
  },
} as const satisfies Record<string, SeededFault>;
