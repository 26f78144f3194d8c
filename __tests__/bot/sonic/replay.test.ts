import { readdirSync } from 'node:fs';
import path from 'node:path';
import { RECORDING_SUFFIX } from '../../../contract/model-recordings';
import { loadCassette } from '../../../testbed/fakes/bedrock/replay/refill';
import { eventually } from '../../support/eventually';
import { BedrockEnvironment } from './support/environment';
import { playCaller } from './support/recorded-caller';
import { PATIENT_LIMITS } from './support/session-settings';

/* The bot's side of the model against recordings: whatever lies in the folder is played, so that a bug report's only
   has to be put there. Those that are here were written from what others report of the live service. */

const WITHIN_MS = 150_000;
const FOLDER = path.join(__dirname, '..', '..', 'recordings');
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(RECORDING_SUFFIX))
  .map((file) => file.slice(0, -RECORDING_SUFFIX.length));

const STORY = 'Once upon a time there was a house by the sea.';
const CUT = ['user: Tell me a story.', 'turn started', `speculative: ${STORY}`, 'audio', 'interrupted'];
const INSTEAD = ['user: Stop, please.', ...answer('All right.')];

/** What the caller is to hear, where that is known; of others only that the bot does as it did. */
const HEARD: Readonly<Record<string, readonly string[]>> = {
  normal: ['user: Can you hear me?', ...answer('Yes, I can hear you.')],
  'no-stage': ['user: Can you hear me?', ...answer('Yes, I can hear you.').slice(0, -1)],
  'typed-text': answer('Hello, how can I help you?'),
  'two-turns': [
    'user: Hello.',
    ...answer('Hello, nice to meet you.').slice(0, -1),
    'user: And who are you?',
    ...answer('I am an assistant.'),
  ],
  'three-sentences': [
    'user: Tell me more.',
    'turn started',
    ...['This is the first.', ' This is the second.', ' And this is the last.'].flatMap((words) => [
      `speculative: ${words}`,
      'audio',
    ]),
    'turn ended',
    ...['This is the first.', ' This is the second.', ' And this is the last.'].map((words) => `final: ${words}`),
  ],
  tool: ['user: What time is it in Paris?', 'tool get_time', ...answer('In Paris it is half past nine.')],
  'barge-in-a': [...CUT, ...INSTEAD],
  'barge-in-b': [...CUT, ...INSTEAD],
  'barge-in-c': [...CUT.slice(0, -1), 'turn ended', 'interrupted', ...INSTEAD],
  'eight-minutes': [...CUT.slice(0, -1), 'turn ended', 'reconnecting 1 model_timed_out'],
};

function answer(words: string): string[] {
  return ['turn started', `speculative: ${words}`, 'audio', 'turn ended', `final: ${words}`];
}

const isFinal = (line: string): boolean => line.startsWith('final: ');

/** What the service sent, sound in one piece. */
function whatCame(lines: readonly string[]): string[] {
  const others = lines.filter((line) => !isFinal(line));
  return others.filter((line, index) => line !== 'audio' || others[index - 1] !== 'audio');
}

/** What the caller heard meanwhile, at a pace of its own. */
function whatWasHeard(lines: readonly string[]): string[] {
  return lines.filter(isFinal);
}

async function play(name: string): Promise<{ lines: string[]; departure: string | undefined }> {
  const cassette = loadCassette(path.join(FOLDER, `${name}${RECORDING_SUFFIX}`));
  const environment = await BedrockEnvironment.start({
    sandbox: { replay: [cassette], speechScale: 4 },
    limits: PATIENT_LIMITS,
  });
  const { session, events } = await environment.open();
  const [stream] = environment.sandbox.sessions;
  if (stream === undefined) throw new Error('no session');
  const { lines } = cassette.recording;
  await playCaller({ lines, session, events, sandbox: environment.sandbox, stream });
  // The service has said everything; the bot has yet to hear the last of it.
  const last = HEARD[name]?.at(-1);
  if (last !== undefined) await eventually(() => events.lines.includes(last), `${name}: ${last}`, WITHIN_MS);
  await session.close();
  await stream.ended;
  const departure = stream.departures[0]?.what;
  await environment.expectNothingLeft();
  await environment.close();
  return { lines: events.take(), departure };
}

describe('the bot on a recording', () => {
  // They mostly wait, so all at once.
  const played = new Map(NAMES.map((name) => [name, play(name)] as const));
  // What one rejects with is told by its own test.
  for (const run of played.values()) run.catch(() => undefined);

  it.each(NAMES)(
    '%s: does what it did, and the caller hears what was said',
    async (name) => {
      const run = await played.get(name);
      expect(run?.departure).toBeUndefined();
      const heard = HEARD[name];
      if (heard === undefined) return;
      // Whether the first answer is still heard when the second turn begins is for the machine's load to say.
      const isForLoad = (line: string): boolean => line === 'interrupted' || line.startsWith('final: Hello');
      const lines = run?.lines.filter((line) => name !== 'two-turns' || !isForLoad(line)) ?? [];
      for (const part of [whatCame, whatWasHeard])
        expect(part(lines).slice(0, part(heard).length)).toEqual(part(heard));
    },
    WITHIN_MS,
  );
});
