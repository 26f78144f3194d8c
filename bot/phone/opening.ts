/** A destination's name, as in TRANSFER_DESTINATIONS. */
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;

const WHY: Readonly<Record<string, string>> = {
  busy: 'the line there is busy',
  'no-answer': 'nobody answers there',
  failed: 'nobody can be reached there',
};

/** What the agent is told of a caller who comes back because nobody took the call. */
export function openingOf({ outcome = '', to = '' }: Readonly<Record<string, string>>): string | undefined {
  const why = WHY[outcome];
  if (why === undefined || !NAME.test(to)) return undefined;
  return `The caller was to be connected with "${to}" and is back with you, because ${why}. Do not greet them: say so in one short sentence, and ask how else you can help.`;
}
