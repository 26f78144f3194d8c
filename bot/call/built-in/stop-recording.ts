import { z } from 'zod';
import type { StopRecordingTool } from '../../../contract/agent';
import { defineTool, type Tool } from '../../tools';
import type { CallActions } from './call-actions';

/** Has the recording stopped at once, whoever is speaking. */
export function stopRecordingTool(name: string, { description }: StopRecordingTool, call: CallActions): Tool {
  return defineTool({
    name,
    description,
    schema: z.object({}),
    timeoutMs: 1_000,
    run: () =>
      Promise.resolve({
        next: call.stopRecording()
          ? 'Tell the caller that this call is not recorded any more, and go on.'
          : 'Tell the caller that this call is not recorded, and go on.',
      }),
  });
}
