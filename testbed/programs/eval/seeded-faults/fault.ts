import type { RtviMessage } from '../../../../bot/rtvi/messages';
import type { Line, LineEnd } from '../../../../evals/run';
import type { ToolMock } from '../../../../evals/scenario';
import type { ScenarioModel } from '../model/scenario-model';
import type { CodeChange } from './code-change';

type Mocks = Readonly<Record<string, ToolMock>>;

/** A fault that is put in on purpose, to see that a scenario finds it. In the bot's code, or in what is around it. */
export interface SeededFault {
  /** The scenario that finds it, `<agent>: <file>/<scenario>`. */
  readonly foundBy: string;
  /** A part of what that scenario says is wrong. */
  readonly says: string;
  /** What the client gets for each message of the bot's; nothing where it is lost. A call's own. */
  readonly hears?: () => (message: RtviMessage) => readonly RtviMessage[];
  /** What comes to the bot of the words that the caller types; undefined: nothing. */
  readonly types?: (words: string) => string | undefined;
  readonly ends?: (end: LineEnd) => LineEnd;
  readonly model?: (model: ScenarioModel) => ScenarioModel;
  readonly mocks?: (mocks: Mocks) => Mocks;
  /** What `/start` gets in place of the scenario's variables. */
  readonly variables?: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** The scenario is run on a bot that is built so. */
  readonly code?: CodeChange;
}

/** A line on which the fault lies. */
export function faultyLine(line: Line, { hears, types, ends }: SeededFault): Line {
  const heard = hears?.() ?? ((message: RtviMessage) => [message]);
  return {
    ended: line.ended.then((end) => ends?.(end) ?? end),
    nowMs: () => line.nowMs(),
    onMessage: (listener) =>
      line.onMessage((message, atMs) => {
        for (const instead of heard(message)) listener(instead, atMs);
      }),
    type: (words) => {
      const instead = types === undefined ? words : types(words);
      if (instead !== undefined) line.type(instead);
    },
    speak: (words, audioFile, parts) => line.speak(words, audioFile, parts),
    press: (keys) => line.press(keys),
    hangUp: () => line.hangUp(),
  };
}
