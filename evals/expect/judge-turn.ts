import type { EventName, Expectation, ExpectedCall } from '../scenario';

/** What happened in a call, as a client was told. Times are the caller's clock's. */
export interface CallEvent {
  readonly name: EventName;
  readonly atMs: number;
  /** What was said, of the events that have words. */
  readonly text?: string;
  /** Which tool, with which arguments, of `function_call` and `function_call_stopped`. */
  readonly call?: { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
}

/** A turn of the caller's: when it began to be sent, and when its last sound was. */
export interface SentTurn {
  readonly sentMs: number;
  readonly speechEndMs?: number;
}

/** How an expectation failed, by Pipecat's names. */
export type FailureKind =
  | 'timeout'
  | 'judge_no'
  | 'judge_continue'
  | 'no_content'
  | 'text_mismatch'
  | 'text_present'
  | 'missing_function_call'
  | 'function_args_mismatch'
  | 'unexpected_event'
  | 'bot_ended';

export type Verdict =
  | { readonly outcome: 'pending'; readonly untilMs: number }
  /** `matched`: the words, or the calls, that met it. */
  | { readonly outcome: 'passed'; readonly atMs: number; readonly matched: string }
  /** The event came; whether its words meet `criterion` is for a judge to say. */
  | { readonly outcome: 'not-judged'; readonly atMs: number; readonly criterion: string; readonly text: string }
  | { readonly outcome: 'failed'; readonly atMs: number; readonly why: string; readonly kind: FailureKind };

/**
 * What has come of a turn's expectations by `nowMs`. They are met in their order, whatever lies between; all deadlines
 * count from the turn's sending, or from the end of speech where an expectation says so.
 * @param events of this turn, in the order in which they came
 * @param isOver no more events will come: what is pending has failed, and words that must not be said were not
 */
export function judgeTurn(
  expected: readonly Expectation[],
  events: readonly CallEvent[],
  turn: SentTurn,
  nowMs: number,
  isOver = false,
): readonly Verdict[] {
  let from = 0;
  let metMs = -Infinity;
  const used = new Set<CallEvent>();
  let earlierFailed = false;
  return expected.map((expectation) => {
    const startMs = expectation.nova?.from === 'speech_end' ? (turn.speechEndMs ?? turn.sentMs) : turn.sentMs;
    const untilMs = startMs + expectation.within_ms;
    const candidates =
      expectation.check_from === 'turn_start' ? events.filter((one) => !used.has(one)) : events.slice(from);
    const inTime = candidates.filter(({ name, atMs }) => name === expectation.event && atMs <= untilMs);
    if (expectation.absent === true) {
      const came = inTime.find((one) => !goesOn(one, metMs, events));
      if (came !== undefined) {
        return failed(
          came.atMs,
          `${came.name} came after ${since(startMs, came.atMs)}, and must not within ${expectation.within_ms} ms`,
          'unexpected_event',
        );
      }
      return isOver || nowMs >= untilMs
        ? { outcome: 'passed', atMs: Math.min(nowMs, untilMs), matched: '' }
        : { outcome: 'pending', untilMs };
    }
    const met = earlierFailed ? undefined : firstMeeting(expectation, inTime);
    if (met?.event !== undefined) {
      const { event: last } = met;
      from = Math.max(from, events.indexOf(last) + 1);
      metMs = last.atMs;
      for (const one of inTime) if (one.atMs <= last.atMs) used.add(one);
      const excluded = saidAny(expectation.text_excludes, textOf(inTime));
      if (excluded !== undefined)
        return failed(
          last.atMs,
          `said ${quote(excluded)}, which must not be said: ${quote(textOf(inTime))}`,
          'text_present',
        );
      return expectation.eval === undefined
        ? { outcome: 'passed', atMs: last.atMs, matched: subjectOf(last, met.text) }
        : {
            outcome: 'not-judged',
            atMs: last.atMs,
            criterion: expectation.eval,
            text: subjectOf(last, met.text),
          };
    }
    if (!isOver && nowMs <= untilMs && !earlierFailed) return { outcome: 'pending', untilMs };
    const late = candidates.find(({ name, atMs }) => name === expectation.event && atMs > untilMs);
    const atMs = Math.min(nowMs, untilMs);
    const why = earlierFailed ? 'what was to come before it has not' : whyNot(expectation, inTime, late, startMs);
    const kind = earlierFailed ? 'timeout' : isOver && nowMs < untilMs ? 'bot_ended' : kindOf(expectation, inTime);
    earlierFailed = true;
    return failed(atMs, why, kind);
  });
}

/** Whether a sentence belongs to the reply that has met the expectation above: no other began since. */
function goesOn({ name, atMs }: CallEvent, metMs: number, events: readonly CallEvent[]): boolean {
  if (name !== 'response' || metMs === -Infinity) return false;
  return !events.some(
    (one) =>
      (one.name === 'llm_started' || one.name === 'bot_started_speaking') && one.atMs > metMs && one.atMs <= atMs,
  );
}

interface Meeting {
  readonly event: CallEvent | undefined;
  readonly text: string;
}

/** The event with which everything that is asked of it has come. Words are joined, calls gathered, until they do. */
function firstMeeting(expectation: Expectation, candidates: readonly CallEvent[]): Meeting {
  const { text_contains: contains, eval: criterion } = expectation;
  let wanted = wantedCalls(expectation);
  for (const [index, event] of candidates.entries()) {
    const { call } = event;
    if (call !== undefined) {
      const found = wanted.findIndex((want) => isCall(want, call));
      if (found >= 0) wanted = wanted.filter((_, at) => at !== found);
    }
    const text = textOf(candidates.slice(0, index + 1));
    const needsText = criterion !== undefined && call === undefined;
    if (wanted.length === 0 && list(contains).every((words) => says(text, words)) && (!needsText || text !== '')) {
      return { event, text };
    }
  }
  return { event: undefined, text: textOf(candidates) };
}

function wantedCalls({ calls, name, args }: Expectation): readonly ExpectedCall[] {
  if (calls !== undefined) return calls;
  if (name !== undefined) return [{ name, args }];
  return args === undefined ? [] : [{ args }];
}

/** Whether a call is the one that is meant: its name, and of its arguments those that are named. */
export function isCall(want: ExpectedCall, { name, args }: NonNullable<CallEvent['call']>): boolean {
  if (typeof want === 'string') return want === name;
  return (want.name === undefined || want.name === name) && isWithin(want.args ?? {}, args);
}

/** Whether all of `part` is in `whole`; lists are equal item by item. */
export function isWithin(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.length === whole.length && part.every((item, at) => isWithin(item, whole[at]));
  }
  if (typeof part === 'object' && part !== null) {
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
    return Object.entries(part).every(([key, value]) => isWithin(value, (whole as Record<string, unknown>)[key]));
  }
  return part === whole;
}

function whyNot(
  expectation: Expectation,
  inTime: readonly CallEvent[],
  late: CallEvent | undefined,
  startMs: number,
): string {
  const { event, within_ms: withinMs, text_contains: contains } = expectation;
  if (inTime.length === 0) {
    if (late !== undefined) return `${event} came after ${since(startMs, late.atMs)}, not within ${withinMs} ms`;
    return `no ${event} within ${withinMs} ms`;
  }
  const text = textOf(inTime);
  const missing = list(contains).find((words) => !says(text, words));
  if (missing !== undefined) return `${event} did not say ${quote(missing)}: ${quote(text)}`;
  if (expectation.eval !== undefined && text === '' && inTime.every(({ call }) => call === undefined))
    return `${event} had no words`;
  const seen = inTime.flatMap(({ call }) => (call === undefined ? [] : [`${call.name}(${JSON.stringify(call.args)})`]));
  const wanted = wantedCalls(expectation).map((want) =>
    typeof want === 'string' ? want : `${want.name ?? 'any'}(${JSON.stringify(want.args ?? {})})`,
  );
  return `${event}: expected ${wanted.join(', ')}, saw ${seen.join(', ') || 'none'}`;
}

function kindOf(expectation: Expectation, inTime: readonly CallEvent[]): FailureKind {
  if (inTime.length === 0) return 'timeout';
  if (inTime.every(({ call }) => call === undefined))
    return expectation.text_contains === undefined ? 'no_content' : 'text_mismatch';
  const isThere = (want: ExpectedCall): boolean =>
    typeof want !== 'string' && inTime.some(({ call }) => call !== undefined && isCall({ name: want.name }, call));
  return wantedCalls(expectation).some(isThere) ? 'function_args_mismatch' : 'missing_function_call';
}

const failed = (atMs: number, why: string, kind: FailureKind): Verdict => ({ outcome: 'failed', atMs, why, kind });
const since = (startMs: number, atMs: number): string => `${Math.round(atMs - startMs)} ms`;
const list = (words: string | readonly string[] | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words;
const textOf = (events: readonly CallEvent[]): string =>
  events
    .flatMap(({ text }) => text ?? [])
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
const subjectOf = ({ call }: CallEvent, text: string): string =>
  call === undefined ? text : `${call.name}(${JSON.stringify(call.args)})`;
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
const says = (text: string, words: string): boolean => folded(text).includes(folded(words).trim());
const saidAny = (words: string | readonly string[] | undefined, text: string): string | undefined =>
  list(words).find((word) => says(text, word));
const quote = (text: string): string => JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
