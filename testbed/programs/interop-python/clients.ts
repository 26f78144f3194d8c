import { type Behaviours, bundledScenario, type FakeSession } from '../../fakes/bedrock';
import { recordingFile } from '../../speech';

/** A program in Python that calls the stand-in, and how its call is judged. */
export interface Client {
  /** Of its row, and of the file that pins what it needs. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly behaviours: Partial<Behaviours>;
  /** What it may be refused at its end, because the live service refuses it, too. */
  readonly refusedAtEnd?: RegExp;
  /** @returns what is wrong, or nothing */
  judge(told: Told, session: FakeSession): string | undefined;
}

/** What the programs print, as JSON. */
export interface Told {
  readonly answer: string;
  readonly audioSeconds: number;
  readonly greeting?: string;
  readonly understood?: readonly string[];
  readonly tool?: { readonly place?: string };
  readonly errors?: readonly string[];
}

/** The recordings of a call: what is said first is answered at length, the other asks for something that needs a tool. */
const FIRST = '0880';
const QUESTION = '0930';

/** The bundled recordings; one of them passes for a question. */
export function scenario(): ReturnType<typeof bundledScenario> {
  const question = recordingFile(QUESTION);
  return {
    recordings: bundledScenario().recordings.map((recording) =>
      recording.file === question
        ? { file: question, words: recording.words, treatAs: 'What time is it in Paris?' }
        : recording,
    ),
  };
}

const wordsOf = (name: typeof FIRST | typeof QUESTION): string | undefined =>
  bundledScenario().recordings.find(({ file }) => file === recordingFile(name))?.words;

export const CLIENTS: readonly Client[] = [
  {
    name: 'sdk',
    program: 'sdk_call.py',
    args: [],
    behaviours: {},
    judge: ({ answer, audioSeconds }) => {
      if (answer !== 'Hello from Python.') return 'the words of the answer';
      return audioSeconds < 0.5 ? 'the speech of the answer' : undefined;
    },
  },
  {
    name: 'pipecat',
    program: 'pipecat_call.py',
    args: [recordingFile(FIRST), recordingFile(QUESTION)],
    // It types its greeting before any audio, and its users are greeted.
    behaviours: { typedUnfed: 'cured' },
    // It ends the prompt with the audio open.
    refusedAtEnd: /^promptEnd while content|All contents must be closed before ending prompt/,
    judge: (told, session) => {
      if (told.greeting !== 'Hello from Pipecat.') return 'the greeting';
      if (told.understood?.join() !== `${wordsOf(FIRST) ?? ''},${wordsOf(QUESTION) ?? ''}`)
        return 'what was understood';
      if (told.tool?.place !== 'Paris') return 'the arguments of the tool';
      if (session.toolResults.length !== 1) return 'one result of the tool';
      if (!/noon/.test(told.answer)) return 'the answer with the result of the tool';
      if (told.audioSeconds < 2) return 'the speech of the answers';
      return told.errors?.[0];
    },
  },
];
