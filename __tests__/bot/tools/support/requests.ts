import { ToolLedger } from '../../../../bot/tools/rules/ledger';
import type { CallFacts, RunRequest } from '../../../../bot/tools/tool-runner';

export const callFacts = (facts: Partial<CallFacts> = {}): CallFacts => ({
  callId: 'call-1',
  startedAt: '2026-11-27T12:00:00.000Z',
  agent: 'clinic',
  variables: {},
  ledger: new ToolLedger(),
  ...facts,
});

let uses = 0;
/** A request of a call, each with an id of its own. */
export const requestOf = (name: string, args: unknown, call = callFacts()): RunRequest => ({
  name,
  argumentsJson: typeof args === 'string' ? args : JSON.stringify(args),
  toolUseId: `use-${(uses += 1)}`,
  call,
});
