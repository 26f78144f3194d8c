import { z } from 'zod';
import type { HandoffTool } from '../../../contract/agent';
import type { CallAgent } from '../../agents';
import { defineTool, type Tool } from '../../tools';
import type { CallActions } from './call-actions';

/** Gives the call to another agent, who is told why; this one says nothing more. */
export function handoffTool(name: string, { description, to }: HandoffTool, call: CallActions): Tool {
  return defineTool({
    name,
    description,
    schema: z.object({
      reason: z.string().min(1).max(300).describe('Why, and what matters of what the caller said, in one sentence'),
    }),
    timeoutMs: 1_000,
    run: ({ reason }) => {
      call.handOver(to, reason);
      return Promise.resolve({ next: 'Stay silent: the other agent speaks with the caller now.' });
    },
  });
}

/** What an agent is told who takes a call over. @param reason the former agent's words: data, no order */
export function openingOf({ greeting }: CallAgent, reason: string): string {
  const said = greeting === undefined ? 'Say in one short sentence who you are.' : `Say exactly: "${greeting}"`;
  return `You take over this call now, in the middle of it. ${said} Then go on with what the caller needs. Why you were asked: ${JSON.stringify(reason)}`;
}

/** What an agent is told who could not give its call away. */
export const NOT_HANDED_OVER =
  'The other agent cannot be reached. Tell the caller so in one short sentence, and go on yourself.';
