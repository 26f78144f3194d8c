import type { Reply } from './responder';

/** What is done about something the caller said, or a tool answered. */
export interface ScriptedReply {
  readonly reply: Reply;
  /** Until it begins; by the pace where it is left out. */
  readonly afterMs?: number | undefined;
}

/** Thinks in the model's place. What it has nothing about is left to the stand-in's own rules. */
export interface ModelScript {
  /** @param words as typed, or as recognised where they were spoken */
  said(words: string, spoken: boolean): (ScriptedReply & { readonly words?: string | undefined }) | undefined;
  /** Whether speech that begins now is no turn, such as an "mm-hm": it is neither told nor answered. */
  ignores?(): boolean;
  toolAnswered(content: string): ScriptedReply | undefined;
}
