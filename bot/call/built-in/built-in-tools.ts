import type { CallAgent } from '../../agents';
import type { Tool } from '../../tools';
import type { CallActions } from './call-actions';
import { collectTool } from './collect';
import { endCallTool } from './end-call';
import { handoffTool } from './handoff';
import { stopRecordingTool } from './stop-recording';
import { transferTool } from './transfer';
import { VOICEMAIL_TOOL, voicemailTool } from './voicemail';

/** Those of an agent's tools that act on the call itself, made for one. */
export function builtInTools({ declared, language, texts }: CallAgent, call: CallActions): readonly Tool[] {
  const { reachedMachine } = call;
  const own = Object.entries(declared).flatMap(([name, tool]) => {
    switch (tool.kind) {
      case 'end-call':
        return [endCallTool(name, tool, call)];
      case 'handoff':
        return [handoffTool(name, tool, call)];
      case 'transfer':
        return [transferTool(name, tool, call)];
      case 'collect':
        return [collectTool(name, tool, { language, texts }, call)];
      case 'stop-recording':
        return [stopRecordingTool(name, tool, call)];
      default:
        return [];
    }
  });
  const isOffered = reachedMachine !== undefined && declared[VOICEMAIL_TOOL] === undefined;
  return isOffered ? [...own, voicemailTool(reachedMachine)] : own;
}
