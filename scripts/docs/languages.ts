import { pageIn } from '../../contract/languages/page';
import { speechIn } from '../../contract/languages/speech';
import { languageName } from '../../contract/languages/spoken';
import { DEFAULT_MODEL_ID, languagesOf, offeredModel, voicesOf } from '../../contract/models';
import { markdownTable } from './markdown-table';

const POLYGLOTS = voicesOf(DEFAULT_MODEL_ID, '');

function voices(tag: string): string {
  const own = voicesOf(DEFAULT_MODEL_ID, tag).filter((voice) => !POLYGLOTS.includes(voice));
  return [...own, ...POLYGLOTS].map((voice) => `\`${voice}\``).join(', ');
}

const rows = (): string[][] =>
  languagesOf(DEFAULT_MODEL_ID).map((tag) => [
    `\`${tag}\``,
    languageName(tag),
    voices(tag),
    speechIn(tag).texts.notices['still-there'],
    pageIn(tag).texts.fixed.startCall,
  ]);

/** docs/agents/languages.md. */
export function renderLanguages(): string {
  const readOn = offeredModel(DEFAULT_MODEL_ID)?.voices.readOn ?? '';
  return `# Languages and voices

<!-- Written by \`npm run docs\` from scripts/docs/languages.ts and contract/. -->

\`\`\`ts
export default defineAgent({
  language: 'de-DE',
  voice: 'tina',
  timeZone: 'Europe/Berlin',
});
\`\`\`

A language is one that the model speaks; anything else stops the start, and \`npm run ops -- agent check\` says so before. A voice must
speak it. ${POLYGLOTS.map((voice) => `\`${voice}\``).join(' and ')} speak all of them, the others their own (voices as read in ${readOn}).

${markdownTable([['language', '', 'voices', 'a notice', 'the page'], ...rows()])}

## What follows from \`language\`

| what                                      | how                                                                                             |
| ----------------------------------------- | ----------------------------------------------------------------------------------------------- |
| what the model speaks                     | a line of the prompt, with how a day and a time are said; it follows a caller who speaks another |
| the greeting                              | yours; without one, and where \`GREETING_PROMPT\` is the default, the model is asked for one in it |
| notices: apology, waiting words, goodbyes | the model says the language's words in its own voice; where it cannot, a recording is played     |
| what is read back before a tool runs      | days, times, numbers and lists as the language has them; digits one by one                       |
| yes and no of the caller                  | the language's words; anything else is unclear, and asked again                                  |
| knowledge                                 | stemming and stop words of the language                                                          |
| \`/start\`, the page                        | \`language\` of the answer; texts, \`lang\` and \`dir\` of the page                                    |
| tools with code                           | \`context.language\`, as in \`new Intl.DateTimeFormat(context.language)\`                            |

With \`timeZone\` the model is told the day and the time there as a call begins, without which "tomorrow" is any day.

A [handoff](privacy.md) changes all of it once the other agent has the call; one bot serves agents of different languages, each call
its own. A transcript is in whatever language was spoken: each line has the direction of its own words, Arabic and Hebrew from
the right.

Where the bot has no texts of a language, it says and shows English, and the page says that it is English (\`lang="en"\`). That cannot
be with the languages above: a language of the table without its texts does not compile.

## In the agent's own voice

The recordings that come with the bot are a synthesiser's, which sounds like none. With an account, have the agent say them:

\`\`\`sh
npm run ops -- agent notices dentist
\`\`\`

opens a conversation in the agent's voice, asks for each sentence word for word, and keeps the sound where the model's transcript
says exactly that; it asks three times before it gives up. It writes \`agents/dentist/notices/*.opus\` and \`recorded.json\`, which says
what they are of: commit them, they are part of the image. When the agent's voice or language changes, or an update of the bot changes the words,
those recordings are not played any more, and the start warns of it: run the command again. It costs about a minute of speech.
\`--endpoint URL\` has the stand-in of \`npm run sandbox\` speak instead, to try it.

A recording of your own, a person's for instance, is an Ogg Opus file under the notice's name, and its words in \`recorded.json\`.

## One more language

1. The voices in \`contract/models.ts\`. TypeScript then asks for everything else:
2. its texts, a file in \`contract/languages/\`, named in \`speech.ts\` and \`page.ts\` there;
3. how callers agree, in \`bot/tools/rules/words-of-agreement.ts\`;
4. its recordings: \`npm run notices -- de\`, with eSpeak's name for the voice in \`testbed/speech/synthesise.ts\`;
5. \`npm run docs\`, \`npm test\`.

Other words for a language are changed in its file, and recorded by step 4.

## What is not proved

Nobody who grew up with them has read the texts of Italian, Spanish, Portuguese and Hindi; the synthesiser's Hindi is intelligible and
no more. Whether the model says an order of another language word for word, and in which letters it writes dates down, only an
account shows: [unproved.md](../unproved.md).
`;
}
