import type { CallEvent } from '../expect';
import type { Failure } from '../report';
import type { ScriptRun } from '../run';
import type { Judge, Judgement } from './judge';
import type { JudgeQuestion } from './question';

/** What a judge makes of a call: what it found wrong, and where it failed itself. */
export interface Judged {
  readonly failures: readonly Failure[];
  readonly judgeFailures: readonly Failure[];
}

/**
 * Asks for each criterion whose event came, once the call is over: on half a reply a "no" says nothing, and who still only
 * announces an answer then ("continue") has not given it.
 */
export async function judgeRun(run: ScriptRun, judge: Judge): Promise<Judged> {
  const asked = run.outcomes.flatMap(({ turn, verdict, expectation: { event } }) =>
    verdict.outcome === 'not-judged' ? [{ turn, question: questionOf(run, turn, event, verdict) }] : [],
  );
  const judged = await Promise.all(
    asked.map(async ({ turn, question }) => ({ turn, question, judgement: await judge.ask(question) })),
  );
  const of = (kind: Judgement['kind']): readonly Failure[] =>
    judged.flatMap(({ turn, question, judgement }) => {
      if (judgement.kind !== kind || (judgement.kind === 'verdict' && judgement.verdict === 'yes')) return [];
      const how = judgement.kind === 'verdict' && judgement.verdict === 'continue' ? 'judge_continue' : 'judge_no';
      const detail = detailOf(question, judgement);
      return [{ kind: 'judge', turn, detail, ...(kind === 'verdict' ? { how } : {}) }];
    });
  return { failures: of('verdict'), judgeFailures: of('failed') };
}

function questionOf(
  { turns, events }: ScriptRun,
  turn: number,
  event: CallEvent['name'],
  { criterion, text }: { readonly criterion: string; readonly text: string },
): JudgeQuestion {
  const fromMs = turn === 0 ? -Infinity : (turns[turn]?.sentMs ?? -Infinity);
  const untilMs = turns[turn + 1]?.sentMs ?? Infinity;
  const own = events.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
  const calls = own.flatMap(({ name, call }) =>
    name === 'function_call' && call !== undefined ? [`${call.name}(${JSON.stringify(call.args)})`] : [],
  );
  const whole = own.flatMap((one) => (one.name === event && one.text !== undefined ? [one.text] : [])).join(' ');
  return { criterion, caller: turns[turn]?.said ?? '', calls, reply: whole === '' ? text : whole };
}

function detailOf({ criterion, reply }: JudgeQuestion, judgement: Judgement): string {
  if (judgement.kind === 'failed') return `${judgement.why}: ${criterion}`;
  const { verdict, reason } = judgement;
  return `judged ${verdict === 'continue' ? 'unfinished' : verdict}: ${criterion}: ${reason} ${JSON.stringify(reply)}`;
}
