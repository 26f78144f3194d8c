import type { BotError, ErrorCode } from '../errors';
import { ToolFailure } from './tool';

type ToolCode = Extract<ErrorCode, `tool_${string}`>;

/** What the model is to do about a failure: Nova's prompting guide wants the next step in the result. */
const NEXT_STEP: Readonly<Record<ToolCode, string>> = {
  tool_unknown: 'Answer the caller with what you know.',
  tool_arguments_invalid: 'Correct the arguments and call again, or ask the caller for what is missing.',
  tool_timed_out: 'Tell the caller in one sentence, and offer to try again.',
  tool_failed: 'Tell the caller in one sentence, and offer to go on without it.',
  tool_refused: 'Answer the caller now with what you have.',
  tool_unavailable: 'Tell the caller in one sentence, and offer to go on without it.',
  tool_unconfirmed: 'Ask the caller, and call again only after they have answered.',
};
/** Of what may have been done and must not be done twice. */
const NEXT_STEP_UNSURE =
  'It may have been done all the same. Tell the caller that you cannot say, and do not try again.';

const NEXT_STEP_UNCORRECTED =
  'Do not call it again now. Apologise to the caller in one short sentence, and ask for what is missing in plain words.';

export type ToolOutcome = 'ok' | ToolCode;

export interface ToolAnswer {
  readonly outcome: ToolOutcome;
  /**
   * A JSON object as text: the result, wrapped as `{"result": …}` if it is none, or `{"error": "…", "next": "…"}` in words
   * that the model can speak of, and what it is to do then.
   */
  readonly json: string;
  readonly durationMs: number;
  /** Whether what was asked for was done, or may have been. */
  readonly mayHaveRun: boolean;
  /** Why it failed, for whoever develops the agent. */
  readonly reason?: string;
}

/** The answer to a request that is not run because of `error`, or failed with it. */
export function failure(error: BotError, mayHaveRun = false, isOnce = false): Omit<ToolAnswer, 'durationMs'> {
  const outcome = isToolCode(error.code) ? error.code : 'tool_failed';
  const next = isOnce && mayHaveRun ? NEXT_STEP_UNSURE : NEXT_STEP[outcome];
  const reason = error instanceof ToolFailure ? error.reason : undefined;
  const json = JSON.stringify({ error: error.message, next });
  return { outcome, json, mayHaveRun, ...(reason === undefined ? {} : { reason }) };
}

/** The same answer to a model that has not corrected itself, and would let the caller wait. */
export function uncorrected(answer: ToolAnswer): ToolAnswer {
  const { error } = JSON.parse(answer.json) as { readonly error: string };
  return { ...answer, json: JSON.stringify({ error, next: NEXT_STEP_UNCORRECTED }) };
}

function isToolCode(code: ErrorCode): code is ToolCode {
  return code.startsWith('tool_');
}
