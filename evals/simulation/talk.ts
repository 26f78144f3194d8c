import type { CallEvent } from '../expect';
import type { TalkLine } from '../judge/talk-question';
import type { ScriptRun } from '../run';

type Talk = Pick<ScriptRun, 'events' | 'turns'>;

/** A talk line by line. All that the bot says between two turns of the caller is one reply, however tools cut it. */
export function talkLines({ events, turns }: Talk): readonly TalkLine[] {
  const lines: TalkLine[] = [];
  let said: string[] = [];
  let replies = 0;
  const endReply = (): void => {
    if (said.length === 0) return;
    replies += 1;
    lines.push({ who: 'agent', reply: replies, text: said.join(' ') });
    said = [];
  };
  let next = 0;
  const sayTurnsUntil = (atMs: number): void => {
    for (let turn = turns[next]; turn !== undefined && turn.sentMs <= atMs; turn = turns[next]) {
      endReply();
      lines.push({ who: 'caller', text: turn.said ?? '' });
      next += 1;
    }
  };
  for (const event of events) {
    sayTurnsUntil(event.atMs);
    if (event.name === 'response' && event.text !== undefined) said.push(event.text.trim());
    const tool = toolLine(event);
    if (tool !== undefined) lines.push({ who: 'tool', text: tool });
  }
  sayTurnsUntil(Infinity);
  endReply();
  return lines;
}

function toolLine({ name, call }: CallEvent): string | undefined {
  if (call === undefined) return undefined;
  if (name === 'function_call') return `${call.name}(${JSON.stringify(call.args)})`;
  return call.args['cancelled'] === true ? `${call.name} was cancelled` : undefined;
}

/** The agent's replies, in their order. */
export const repliesIn = (talk: readonly TalkLine[]): readonly string[] =>
  talk.flatMap((line) => (line.who === 'agent' ? [line.text] : []));
