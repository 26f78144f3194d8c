import { NEVER_SENT } from './expectation';
import type { Script } from './scenario';

/** What of a scenario of Pipecat's no bot of this project can do, in words; undefined: nothing. */
export function neverMet({ context, turns }: Pick<Script, 'context' | 'turns'>): string | undefined {
  if (context !== undefined) return 'replaces the history of the bot (context), which no caller can do here';
  if (turns.some(({ image }) => image !== undefined)) return 'shows an image, and no bot here looks at any';
  const event = turns
    .flatMap(({ expect }) => expect)
    .find((expected) => expected.absent !== true && NEVER_SENT.has(expected.event))?.event;
  return event === undefined ? undefined : `expects ${event}, which no bot here sends`;
}
