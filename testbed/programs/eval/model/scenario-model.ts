import type { ModelStep, Script } from '../../../../evals/scenario';
import type { ModelScript, ScriptedReply } from '../../../fakes/bedrock';

/** A script that plays the model's part of one scenario. */
export interface ScenarioModel extends ModelScript {
  /** This turn is sent, or watched, next: what is said from now on is answered by its steps. */
  turn(index: number): void;
}

/** What the model is still to do for a turn. */
interface Part {
  readonly words: string | undefined;
  steps: readonly ModelStep[];
}

/** Said first, unless the scenario has other words for it: short, as most scenarios only wait for its end. */
const GREETING: readonly ModelStep[] = [{ say: 'Hello.' }];

/** Plays `nova.model` of a scenario's turns. A turn without steps is left to the stand-in's own rules. */
export function scenarioModel({ turns }: Script): ScenarioModel {
  const isWatched = turns[0]?.user === undefined && turns[0]?.audio === undefined;
  let part: Part = { words: undefined, steps: (isWatched ? turns[0]?.nova?.model : undefined) ?? GREETING };
  /** The part in which a tool was called last: its steps go on when the tool has answered. */
  let calling = part;
  let isIgnored = false;
  return {
    turn: (index) => {
      if (index === 0 && isWatched) return;
      const { user: words, nova } = turns[index] ?? {};
      isIgnored = nova?.ignored === true;
      if (isIgnored) return;
      part = { words, steps: nova?.model ?? [] };
    },
    said: (heard, spoken) => {
      const now = part;
      const scripted = take(now);
      if (scripted === undefined) return undefined;
      if (scripted.reply.kind === 'use-tool') calling = now;
      return { ...scripted, words: spoken ? (now.words ?? heard) : undefined };
    },
    ignores: () => isIgnored,
    toolAnswered: () => take(calling),
  };
}

/** The next thing that is done; sentences that follow each other are one answer. */
function take(part: Part): ScriptedReply | undefined {
  let afterMs: number | undefined;
  const wait = (ms: number | undefined): void => {
    if (ms !== undefined) afterMs = (afterMs ?? 0) + ms;
  };
  for (let [step] = part.steps; step !== undefined; [step] = part.steps) {
    if ('wait_ms' in step) {
      wait(step.wait_ms);
      part.steps = part.steps.slice(1);
      continue;
    }
    wait(step.after_ms);
    if ('call' in step || 'calls' in step) {
      part.steps = part.steps.slice(1);
      const uses = 'call' in step ? [{ name: step.call, args: step.args }] : step.calls;
      const [first, ...also] = uses.map(({ name, args }) => ({ tool: name, argumentsJson: JSON.stringify(args) }));
      if (first === undefined) continue;
      return { reply: { kind: 'use-tool', ...first, ...(also.length > 0 ? { also } : {}) }, afterMs };
    }
    const end = part.steps.findIndex((one) => !('say' in one));
    const said = part.steps.slice(0, end < 0 ? undefined : end);
    part.steps = part.steps.slice(said.length);
    return { reply: { kind: 'say', sentences: said.flatMap((one) => ('say' in one ? one.say : [])) }, afterMs };
  }
  return undefined;
}
