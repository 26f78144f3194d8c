import type { CallRecord, RecordedTool, RecordedTurn } from '../../contract/call-record';

/** What a call has shown of itself that its figures do not say. All times in ms since it began. */
export interface Collected {
  readonly turns: readonly RecordedTurn[];
  readonly tools: readonly RecordedTool[];
  readonly handoffs: CallRecord['handoffs'];
  readonly transfers: CallRecord['transfers'];
  readonly rotations: CallRecord['rotations'];
  readonly reconnects: CallRecord['reconnects'];
  readonly waits: CallRecord['waits'];
  readonly framesDroppedOut: number;
  /** Of all texts. */
  readonly characters: number;
  readonly errorCode: string | undefined;
  readonly dropped: { readonly turns: number; readonly events: number };
  /** The caller's voice since their last words: `endMs` undefined while it is heard. */
  readonly voice: { readonly startMs: number; readonly endMs: number | undefined } | undefined;
  /** Of an answer that has begun to be heard, and of which no words were yet. */
  readonly answer: RecordedTurn['answer'];
  /** When the bot's last turn was over; undefined while it has one. */
  readonly botDoneMs: number | undefined;
  readonly wait: { readonly startMs: number; readonly isForTool: boolean } | undefined;
}

/** Something that was said, once it was: a sentence that was heard of the bot, or words of the caller's. */
export type Said =
  | {
      readonly by: 'bot';
      readonly agent: string;
      readonly via: 'voice' | 'text' | 'notice';
      readonly startMs: number;
      readonly endMs: number;
      /** What follows was never heard. */
      readonly isCut: boolean;
      /** Undefined: the words are not kept. */
      readonly text: string | undefined;
      readonly isSecret: boolean;
    }
  | {
      readonly by: 'caller';
      readonly via: 'voice' | 'text' | 'keys';
      /** When it was known; when it was spoken, the caller's voice tells. */
      readonly atMs: number;
      readonly text: string | undefined;
      readonly isSecret: boolean;
    };
