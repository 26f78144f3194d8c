import type { ScriptedReply } from '../../../fakes/bedrock';
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

/** Wrong in what the model does, and in what tools answer. */
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
} as const satisfies Record<string, SeededFault>;
