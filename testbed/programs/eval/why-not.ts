import type { Mode } from '../../../evals/report';
import { isForARealModel, isOfScript, neverMet, type Script } from '../../../evals/scenario';
import { hasCassettes } from './cassettes';
import type { Job } from './jobs';

/** Why a scenario is not run in a mode; undefined: it is. */
export function whyNotIn(mode: Mode, { agent, scenario }: Pick<Job, 'agent' | 'scenario'>): string | undefined {
  const { id, nova } = scenario;
  if (scenario.kind === 'simulation' && mode !== 'live') return 'a persona speaks with a real model only';
  const unheard = scenario.kind === 'script' ? neverMet(scenario) : undefined;
  if (unheard !== undefined) return unheard;
  if (nova?.needs === 'live' && mode !== 'live') return 'needs a real model';
  if (nova?.needs === 'replay' && mode === 'offline') return 'needs a recording of a real model';
  if (nova?.needs === 'offline' && mode !== 'offline') return 'needs a scripted model';
  const transport = nova?.transport ?? 'webrtc';
  if (transport !== 'webrtc' && mode !== 'offline') return `needs the transport ${transport}`;
  if (mode === 'offline') return undefined;
  if (nova?.expect?.refused !== undefined) return 'no model takes part in it';
  if (mode === 'replay') {
    return hasCassettes(agent, id)
      ? undefined
      : `has no recording: npm run eval -- ${agent} -s ${id} --record-cassettes`;
  }
  if (scenario.kind === 'simulation') return undefined;
  if (scenario.turns.some((turn) => turn.nova?.fault !== undefined))
    return 'only a stand-in breaks its streams when it is asked to';
  return expectsItsScript(scenario) ? 'expects the words of its script: nova.runs has it run all the same' : undefined;
}

/** Whether the words that are expected are those of the script. */
function expectsItsScript(script: Script): boolean {
  const expected = script.turns.flatMap(({ expect }) => expect.flatMap((one) => one.text_contains ?? []));
  return !isForARealModel(script) && expected.some((words) => isOfScript(words, script));
}
