import { z } from 'zod';
import type { TransferTool } from '../../../contract/agent';
import { defineTool, type Tool, ToolFailure } from '../../tools';
import type { CallActions } from './call-actions';

const TRANSFER_WITHIN_MS = 20_000;

/** Connects the caller with a person, where the transport can; where it cannot, the model is told so and can say it. */
export function transferTool(name: string, { description, to }: TransferTool, call: CallActions): Tool {
  const names = Object.keys(to);
  const when = Object.entries(to).map(([destination, about]) => `${destination}: ${about.when}`);
  return defineTool({
    name,
    description,
    schema: z.object({ to: z.enum(names).describe(when.join('; ')) }),
    timeoutMs: TRANSFER_WITHIN_MS,
    rules: { runs: 'any' },
    run: async ({ to: destination }, { signal }) => {
      const address = call.destinations.get(destination);
      if (call.transfer === undefined || address === undefined) {
        throw new ToolFailure('Nobody can be connected from this call.', {
          reason: address === undefined ? 'no address in TRANSFER_DESTINATIONS' : 'the transport cannot transfer',
        });
      }
      if (!(await call.transfer(address, signal))) throw new ToolFailure('Nobody took the call there.');
      return { next: 'Tell the caller in one short sentence that they are connected now.' };
    },
  });
}
