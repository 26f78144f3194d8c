import { z } from 'zod';
import type { TransferTool } from '../../../contract/agent';
import { defineTool, type Tool, ToolFailure } from '../../tools';
import type { CallActions, TransferAsked } from './call-actions';

/** For an operator. */
const REASONS: Readonly<Record<Exclude<TransferAsked, 'asked'>, string>> = {
  'no-transport': 'the transport of this call cannot transfer',
  'no-address': 'TRANSFER_DESTINATIONS does not say where that is',
};

const NO_SUMMARY = 'Call it again with a summary: they are told it before they meet the caller.';

/** Connects the caller with a person, where the transport can; where it cannot, the model is told so and can say it. */
export function transferTool(name: string, { description, to }: TransferTool, call: CallActions): Tool {
  const names = Object.keys(to);
  const warm = names.filter((destination) => to[destination]?.isWarm === true);
  const summary = z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe(`For ${warm.join(', ')}: what they should know of the caller and the matter, in two sentences`);
  const when = Object.entries(to).map(([destination, about]) => `${destination}: ${about.when}`);
  return defineTool({
    name,
    description,
    schema: z.object({ to: z.enum(names).describe(when.join('; ')), ...(warm.length > 0 ? { summary } : {}) }),
    timeoutMs: 1_000,
    run: ({ to: destination, ...rest }) => {
      const told = 'summary' in rest && typeof rest.summary === 'string' ? rest.summary : undefined;
      const isWarm = warm.includes(destination);
      if (isWarm && told === undefined) return Promise.reject(new ToolFailure(NO_SUMMARY));
      const asked = call.transfer(destination, isWarm ? told : undefined);
      if (asked !== 'asked') {
        const reason = REASONS[asked];
        const error = new ToolFailure('Nobody can be connected from this call.', { code: 'tool_unavailable', reason });
        return Promise.reject(error);
      }
      return Promise.resolve({
        next: 'Tell the caller in one short sentence that you connect them now, and say nothing else.',
      });
    },
  });
}
