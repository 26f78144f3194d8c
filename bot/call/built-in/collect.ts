import { z } from 'zod';
import type { CollectTool } from '../../../contract/agent';
import type { CallAgent } from '../../agents';
import { defineTool, type Tool } from '../../tools';
import type { CallActions, WantedKeys } from './call-actions';
import { collectedValue, lengthOf, spokenValue } from './collected-value';

/** Takes a value down: checked, read back, and given to the agent once the caller has said yes to exactly this. */
export function collectTool(
  name: string,
  tool: CollectTool,
  { language, texts }: Pick<CallAgent, 'language' | 'texts'>,
  call: CallActions,
): Tool {
  const { description, asks } = tool;
  if (tool.isSecret === true) return secretTool(name, tool, call);
  return defineTool({
    name,
    description,
    schema: z.object({ value: collectedValue(tool) }),
    timeoutMs: 1_000,
    rules: {
      confirm: ({ value }) => `${asks}: ${spokenValue(tool.value, String(value), language)}. ${texts.isThatRight}`,
    },
    run: ({ value }) => {
      call.keep(name, value);
      return Promise.resolve({ agreed: value });
    },
  });
}

/** Digits that only the caller and the tools know: they are pressed, and the model is told that they were. */
function secretTool(name: string, { description, asks, length }: CollectTool, call: CallActions): Tool {
  return defineTool({
    name,
    description,
    schema: z.object({}),
    timeoutMs: 1_000,
    run: () => {
      call.takeKeys({ name, asks, ...lengthOf(length) });
      return Promise.resolve({
        next: `Ask the caller to press ${asks} on the keys of the phone, and the hash key after it. You will be told when it is there, and not what it is.`,
      });
    },
  });
}

/** What the model is told of keys that were pressed for a secret; `isTaken`: they are as many as are wanted. */
export function wordsForSecret({ asks, least, most }: WantedKeys, pressed: number, isTaken: boolean): string {
  if (isTaken) return `The caller has pressed ${asks}: ${pressed} digits. They are kept, and not shown to you. Go on.`;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  return `The caller pressed ${pressed} keys for ${asks}, and it has ${wanted}. Ask them to press it again.`;
}
