import { readdirSync, readFileSync, watch } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import {
  type ModelRecording,
  parseRecording,
  RECORDING_SUFFIX,
  type RecordingHead,
} from '../../../../contract/model-recordings';
import type { Evidence } from '../evidence';
import type { ModelPart, ModelSide } from './model-side';

/** A stream is written to its end soon after its call. */
const WRITTEN_WITHIN_MS = 5_000;

/** The model of an account. What it was told is read from the recordings that the bot makes. */
export class LiveModel implements ModelSide {
  readonly kind = 'real';
  readonly variables: Readonly<Record<string, string>>;
  readonly #folder: string;

  /** @param folder where the bot's recordings go */
  constructor(variables: Readonly<Record<string, string>>, folder: string) {
    this.variables = variables;
    this.#folder = folder;
  }

  begin(): ModelPart {
    const folder = this.#folder;
    let head: RecordingHead | undefined;
    return {
      turn: () => undefined,
      told: async (callId) => {
        const streams = await streamsOf(folder, callId);
        head = streams[0]?.head;
        return streams.map(toldIn);
      },
      get recorded() {
        return head;
      },
      stale: [],
      end: () => undefined,
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The streams of a call that is over, once they are written. @throws Error when they are not in time */
async function streamsOf(folder: string, callId: string): Promise<readonly ModelRecording[]> {
  const giveUp = AbortSignal.timeout(WRITTEN_WITHIN_MS);
  const watcher = watch(folder, { signal: giveUp });
  watcher.on('error', () => undefined);
  try {
    for (;;) {
      const streams = writtenStreams(folder, callId);
      if (streams !== undefined) return streams;
      await once(watcher, 'change', { signal: giveUp });
    }
  } catch (error) {
    throw new Error(`what the model was told of call ${callId} was not written down`, { cause: error });
  } finally {
    watcher.close();
  }
}

/** Undefined while one of them has no end. */
function writtenStreams(folder: string, callId: string): readonly ModelRecording[] | undefined {
  const count = readdirSync(folder).filter((file) => file.startsWith(`${callId}-`) && file.endsWith(RECORDING_SUFFIX));
  const texts = count.map((_, at) => readFileSync(path.join(folder, `${callId}-${at + 1}${RECORDING_SUFFIX}`), 'utf8'));
  if (texts.length === 0 || texts.some((text) => !/"(streamEnd|\w+Exception)":.*\n$/.test(text))) return undefined;
  return texts.map(parseRecording);
}

type Told = Evidence['sessions'][number];
type Fields = Readonly<Record<string, unknown>>;

/** A service does not say when it did what. */
const UNSEEN = { openedAtMs: 0, voiceId: undefined, inputEvents: [], outputEvents: [], toldOfSpeechAtMs: [] };

/** What a stream's model was told, and which tools it used when. */
export function toldIn({ lines }: ModelRecording): Told {
  const texts: { role: Told['texts'][number]['role']; interactive: boolean; text: string }[] = [];
  const toolResults: { toolUseId: string; content: string }[] = [];
  const toolUses: { toolUseId: string; atMs: number; answeredAtMs?: number }[] = [];
  const blocks = new Map<unknown, Fields>();
  for (const { t, dir, event } of lines) {
    const { contentStart, textInput, toolResult, toolUse } = event as Record<string, Fields | undefined>;
    if (dir === 'out') {
      if (toolUse !== undefined) toolUses.push({ toolUseId: String(toolUse['toolUseId']), atMs: t });
      continue;
    }
    if (contentStart !== undefined) blocks.set(contentStart['contentName'], contentStart);
    const block = blocks.get((textInput ?? toolResult)?.['contentName']) ?? {};
    const content = String((textInput ?? toolResult)?.['content']);
    if (textInput !== undefined) {
      const role = block['role'] as Told['texts'][number]['role'];
      texts.push({ role, interactive: block['interactive'] === true, text: content });
    }
    if (toolResult === undefined) continue;
    const { toolUseId = '' } = (block['toolResultInputConfiguration'] ?? {}) as { toolUseId?: string };
    toolResults.push({ toolUseId, content });
    const use = toolUses.find((one) => one.toolUseId === toolUseId);
    if (use !== undefined) use.answeredAtMs ??= t;
  }
  return { ...UNSEEN, texts, toolResults, toolUses };
}
