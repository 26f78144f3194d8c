import { z } from 'zod';
import type { EndCallTool } from '../../../contract/agent';
import { defineTool, type Tool, ToolFailure } from '../../tools';
import type { CallActions } from './call-actions';

/** Hangs up once the goodbye has been heard: words alone do not, and a caller who waits for a result is not cut off. */
export function endCallTool(name: string, { description }: EndCallTool, call: CallActions): Tool {
  return defineTool({
    name,
    description,
    schema: z.object({}),
    timeoutMs: 1_000,
    run: () => {
      if (call.isBusy()) {
        const error = new ToolFailure('The caller still waits for something that is being looked up.', {
          code: 'tool_refused',
        });
        return Promise.reject(error);
      }
      call.hangUp();
      return Promise.resolve({
        next: 'Say goodbye now, in one short sentence. The call ends when the caller has heard it.',
      });
    },
  });
}
