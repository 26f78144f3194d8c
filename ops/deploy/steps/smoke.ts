import { START_KEY } from '../../../contract/secrets';
import { orRollBack, urlOf } from '../../release/deploy';
import { smokeTest } from '../../release/smoke';
import type { StackWorkspace } from '../../release/stack-workspace';
import type { Deployment, Handover } from '../deployment';
import { startKeyOf } from '../secret-values';
import type { Step } from '../step';

/** Calls, and hears the bot. What this run has changed is taken back where it does not talk. */
export function smokeStep(
  { context }: Deployment,
  workspace: StackWorkspace,
  handover: Handover,
): Step<'service' | 'smoke'> {
  const call = async (): Promise<string> => {
    const url = await urlOf(workspace);
    const { io, settings, progress } = context;
    const startKey = await startKeyOf(context);
    const env = { ...io.env, ...(startKey === undefined ? {} : { [START_KEY]: startKey }) };
    return smokeTest({ io: { ...io, env }, settings, progress }, { url, version: handover.health });
  };
  return {
    id: 'smoke',
    after: ['service'],
    expects: 'call it, and hear the bot',
    look: () => Promise.resolve({ is: 'needed', text: 'call it, and hear the bot' }),
    act: async () => {
      const text = await (handover.serviceChanged ? orRollBack(workspace, call) : call());
      return { changed: false, text };
    },
  };
}
