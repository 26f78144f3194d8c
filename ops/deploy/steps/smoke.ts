import { START_KEY } from '../../../contract/secrets';
import { orRollBack, urlOf } from '../../release/deploy';
import { waitUntilMoved } from '../../release/service';
import { smokeRelease } from '../../release/smoke-from-inside';
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
    const startKey = await startKeyOf(context);
    const keys = startKey === undefined ? {} : { [START_KEY]: startKey };
    const text = await smokeRelease(context, { url, version: handover.health }, keys);
    return (await waitUntilMoved(workspace)) ? `${text}; every new call meets it` : text;
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
