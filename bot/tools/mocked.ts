import { type Tool, ToolFailure } from './tool';

/** What answers instead of a tool: nothing, its result, or why it failed. */
type Mocked = { readonly result: unknown } | { readonly error: string };

/**
 * A tool that asks `origin` first whether it is to answer itself: 204 says that it is. Arguments have been checked, and
 * agreed to where that is needed, as for the tool's own run.
 * @param origin a server on this machine, as evaluations have
 */
export function mocked(tool: Tool, origin: string): Tool {
  return {
    ...tool,
    run: async (args, context) => {
      const { agent, callId, signal, idempotencyKey } = context;
      const body = JSON.stringify({ agent, callId, tool: tool.name, arguments: args, idempotencyKey });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(new URL('/tool-calls', origin), { method: 'POST', headers, body, signal });
      if (answer.status === 204) return tool.run(args, context);
      const instead = (await answer.json()) as Mocked;
      if ('error' in instead) throw new ToolFailure(instead.error, { reason: 'mocked' });
      return instead.result;
    },
  };
}
