import type { Logger } from 'pino';
import type { SonicCounters } from '../counters';
import type { Dialogue } from './dialogue';
import type { StreamSession } from './stream-session';
import type { ToolExchange } from './tool-exchange';

/** What became of a tool's result. `words`: it is to be told to a stream that did not ask for it. */
type Delivered = { readonly kind: 'sent' | 'kept' } | { readonly kind: 'words'; readonly words: string };

interface Delivery {
  readonly tools: ToolExchange;
  readonly dialogue: Dialogue;
  /** The stream that carries the conversation; undefined while there is none, or once it is over. */
  readonly session: StreamSession | undefined;
  /** That stream was asked to answer the caller's last words again. */
  readonly isAskedAgain: boolean;
  readonly nowMs: number;
  readonly counters: SonicCounters;
  readonly logger: Logger;
}

/** JSON text: as the stream is given it that asked, and as any other is. */
interface ToolResult {
  readonly json: string;
  readonly forOthers: string;
}

/** Gives a tool's result to the stream that asked for it, or says what the next one is to be told. */
export function deliver(toolUseId: string, { json, forOthers }: ToolResult, delivery: Delivery): Delivered {
  const { tools, dialogue, session, isAskedAgain, nowMs, counters, logger } = delivery;
  const answer = tools.answer(toolUseId);
  if (answer.kind === 'send' && session !== undefined) {
    session.sendToolResult(toolUseId, json);
    tools.told(forOthers, nowMs);
    return { kind: 'sent' };
  }
  if (answer.kind === 'late') {
    counters.add('toolResultsLate');
    // A stream that was asked again may request the tool again, too; any other would never mention the result.
    const isLeftToIt = isAskedAgain && (answer.isRequestedAnew || !dialogue.isAtRest);
    const isAsked = session === undefined || !isLeftToIt;
    const words = dialogue.toolAnsweredLate(forOthers, isAsked);
    return isAsked ? { kind: 'words', words } : { kind: 'kept' };
  }
  counters.add('toolResultsDropped');
  logger.warn({ answer: answer.kind }, 'a tool result was dropped');
  return { kind: 'kept' };
}
