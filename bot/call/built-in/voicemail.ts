import { z } from 'zod';
import { defineTool, type Tool } from '../../tools';
import type { MachineReached } from '../../transport/transport';
import type { CallActions } from './call-actions';

const NEXT: Readonly<Record<MachineReached, string>> = {
  'hangs-up': 'Say nothing more: the call ends.',
  'takes-message':
    'Say nothing while it speaks. After its tone leave a message of ten seconds at most: who calls, for whom and why.',
};

export const VOICEMAIL_TOOL = 'voicemail_reached';

/** For calls that the bot makes: the model hears that it speaks to a machine, which a carrier may not have noticed. */
export function voicemailTool(reachedMachine: NonNullable<CallActions['reachedMachine']>): Tool {
  return defineTool({
    name: VOICEMAIL_TOOL,
    description:
      'Call it as soon as you notice that a machine answered: an answering machine, a voicemail greeting, a menu. Never for a person.',
    schema: z.object({}),
    timeoutMs: 1_000,
    run: () => Promise.resolve({ next: NEXT[reachedMachine()] }),
  });
}
