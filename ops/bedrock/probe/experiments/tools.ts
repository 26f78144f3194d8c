import { type Answer, type Experiment, known, seconds, unknown } from '../experiment';
import type { Lab } from '../lab';
import type { LabStream } from '../lab-stream';
import type { Seen } from '../reading';
import { Ended, quoted } from '../outcome';
import { audioMs, type Block, isAudio } from '../reading';

const SYSTEM = 'You are being tested. Whenever somebody asks for the weather, call the tool get_weather.';
const QUESTION = 'What is the weather in Paris?';
const TOOLS = [
  {
    name: 'get_weather',
    description: 'Says what the weather is in a place.',
    schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  },
];
const RESULT = '{"place":"Paris","weather":"sunny","degrees":20}';
const TOOL_MS = 5_000;
const PATIENCE_MS = 12_000;

/** A tool of five seconds, with silence flowing; then, where that is refused, without. */
export const tool: Experiment = {
  name: 'tool',
  asks: {
    toolAudio: 'may audio flow for 5 s while a tool is at work',
    toolArguments: 'how are arguments given',
    toolFiller: 'does the model speak while it waits',
    toolChain: 'is the tool asked for again after its result',
  },
  needs: { seconds: 50, answers: 4, answerSeconds: 12, audioSeconds: 20 },
  when: 'together',
  run: async (lab) => {
    try {
      return await lab.on('tool', { system: SYSTEM, tools: TOOLS, mayBeRefused: true }, (stream) =>
        useTool(stream, true),
      );
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      const rest = await lab.on('tool-without-audio', { system: SYSTEM, tools: TOOLS }, (stream) =>
        useTool(stream, false),
      );
      const refused = known('toolAudio', 'refused', `${quoted(error.ending)} at ${seconds(error.ending.atMs)}`);
      return [refused, ...rest.filter(({ subject }) => subject !== 'toolAudio')];
    }
  },
};

async function useTool(stream: LabStream, isFed: boolean): Promise<Answer[]> {
  const use = await askForTool(stream);
  if (use === undefined) return Object.keys(tool.asks).map((one) => unknown(one, 'the model did not ask for the tool'));
  stream.feeding = isFed;
  await stream.rest(TOOL_MS);
  const fillers = spokenAfter(stream.blocks, stream.seen.indexOf(use));
  const from = stream.seen.length;
  const answeredMs = stream.nowMs;
  stream.answerTool(String(use.body['toolUseId']), RESULT);
  stream.feeding = true;
  const next = await stream.answerBegins(from);
  const isAgain = next.body['role'] === 'TOOL';
  return [
    known('toolAudio', isFed ? 'accepted' : 'refused', `${seconds(TOOL_MS)} of silence went in`),
    argumentsOf(stream.seen, use),
    known('toolFiller', fillers > 0 ? 'spoken' : 'none', `${seconds(fillers)} of speech before the result`),
    known('toolChain', isAgain ? 'two' : 'one', `the next event ${seconds(next.atMs - answeredMs)} after the result`),
  ];
}

/** @returns its first event; undefined: the model answered without it */
async function askForTool(stream: LabStream): Promise<Seen | undefined> {
  stream.startAudio();
  stream.feed(160);
  stream.feeding = true;
  stream.type(QUESTION);
  await stream.next(0, ({ name, body }) => name === 'contentStart' && body['role'] === 'TOOL', 15_000);
  // At once: what is fed from here on is fed while the tool is at work.
  stream.feeding = false;
  const use = await stream.next(0, ({ name }) => name === 'toolUse', 3_000);
  await stream.next(0, ({ name, body }) => name === 'contentEnd' && body['type'] === 'TOOL', 3_000);
  return use;
}

const spokenAfter = (blocks: readonly Block[], event: number): number =>
  audioMs(blocks.filter((block) => isAudio(block) && block.start > event));

function argumentsOf(seen: readonly Seen[], { body }: Seen): Answer {
  const pieces = seen.filter((one) => one.name === 'toolUse' && one.body['toolUseId'] === body['toolUseId']);
  const { content } = body;
  if (typeof content !== 'string') return known('toolArguments', 'object', 'no text but JSON itself');
  if (pieces.length > 1) return known('toolArguments', 'pieces', `${pieces.length} events`);
  return known('toolArguments', content.trimStart().startsWith('"') ? 'twice' : 'text', content.slice(0, 60));
}

/** A tool that is never answered, without audio. */
export const toolUnanswered: Experiment = {
  name: 'tool-unanswered',
  asks: { toolUnanswered: 'what follows a tool use that is not answered for 12 s' },
  needs: { seconds: 25, answers: 1, answerSeconds: 3, audioSeconds: 2 },
  when: 'together',
  run: (lab) =>
    lab.on('tool-unanswered', { system: SYSTEM, tools: TOOLS }, async (stream) => {
      const use = await askForTool(stream);
      if (use === undefined) return [unknown('toolUnanswered', 'the model did not ask for the tool')];
      const at = stream.seen.indexOf(use);
      const isEnd = ({ name, body }: Seen): boolean =>
        name === 'completionEnd' ||
        (name === 'contentEnd' && body['type'] !== 'TOOL' && body['stopReason'] === 'END_TURN');
      const end = await stream.until(() => stream.seen.slice(at).find(isEnd), PATIENCE_MS);
      if (end === undefined) return [known('toolUnanswered', 'silence', `nothing for ${seconds(PATIENCE_MS)}`)];
      return [known('toolUnanswered', 'end-turn', `${end.name} after ${seconds(end.atMs - use.atMs)}`)];
    }),
};

/** A result that is JSON, and no object. */
export const toolResult: Experiment = {
  name: 'tool-result',
  asks: { rules: 'is a tool result taken that is an array' },
  needs: { seconds: 20, answers: 2, answerSeconds: 4, audioSeconds: 6 },
  when: 'together',
  run: (lab: Lab) =>
    lab.on('tool-result', { system: SYSTEM, tools: TOOLS, mayBeRefused: true }, async (stream) => {
      const use = await askForTool(stream);
      if (use === undefined) return [unknown('rules', 'the model did not ask for the tool')];
      stream.answerTool(String(use.body['toolUseId']), '["sunny", 20]');
      const ending = await stream.endedWithin(3_000);
      return [
        ending === undefined ? known('rules', 'documented', 'it is taken') : known('rules', 'live', quoted(ending)),
      ];
    }),
};
