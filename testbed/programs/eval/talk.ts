import type { RunResult } from '../../../evals/report';

/** The talk of a call, a line each. */
export function talkOf({ call }: RunResult): readonly string[] {
  const said =
    call?.run.turns.flatMap(({ said: words, sentMs }) =>
      words === undefined ? [] : [{ atMs: sentMs, line: `caller: ${words}` }],
    ) ?? [];
  const others =
    call?.run.events.flatMap(({ name, atMs, text, call: tool }) => {
      if (name === 'tts_response') return [{ atMs, line: `bot: ${text ?? ''}` }];
      if (name === 'function_call') return [{ atMs, line: `tool: ${tool?.name ?? ''}(${JSON.stringify(tool?.args)})` }];
      return name === 'bot_interrupted' ? [{ atMs, line: '(interrupted)' }] : [];
    }) ?? [];
  return [...said, ...others].toSorted((a, b) => a.atMs - b.atMs).map(({ line }) => line);
}
