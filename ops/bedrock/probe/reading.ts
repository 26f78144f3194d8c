import { INTERRUPTED_MARKER } from '../../../contract/model-recordings';
import { MODEL_OUTPUT_HZ } from '../../../bot/audio';

/** An event of the service, as it came. */
export interface Seen {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Since the stream was opened. */
  readonly atMs: number;
}

/** A block of the model's output, as far as it has come. Positions count events. */
export interface Block {
  readonly type: string;
  readonly role: string;
  readonly stage: 'SPECULATIVE' | 'FINAL' | undefined;
  /** How the stage was given. */
  readonly stageForm: 'text' | 'object' | 'missing';
  readonly completionId: string;
  readonly start: number;
  readonly startMs: number;
  text: string;
  /** Of its pieces of audio, and when the last came. */
  readonly piecesMs: number[];
  lastMs: number;
  last: number;
  /** Undefined while it is open. */
  stopReason: string | undefined;
  end: number | undefined;
}

/** Puts events together to blocks. */
export function blocksOf(seen: readonly Seen[]): Block[] {
  const byId = new Map<unknown, Block>();
  seen.forEach(({ name, body, atMs }, index) => {
    const id = body['contentId'];
    if (name === 'contentStart') {
      byId.set(id, begun(body, index, atMs));
      return;
    }
    const block = byId.get(id);
    if (block === undefined) return;
    const { content } = body;
    if (name === 'textOutput' && typeof content === 'string') block.text += content;
    if (name === 'audioOutput' && typeof content === 'string') block.piecesMs.push(millisecondsOf(content));
    if (name === 'audioOutput') [block.lastMs, block.last] = [atMs, index];
    if (name === 'contentEnd') [block.stopReason, block.end] = [String(body['stopReason']), index];
  });
  return [...byId.values()];
}

export const audioMs = (blocks: readonly Block[]): number =>
  blocks.flatMap(({ piecesMs }) => piecesMs).reduce((sum, ms) => sum + ms, 0);

export const isMarker = ({ text }: Block): boolean => INTERRUPTED_MARKER.test(text);
export const isAudio = ({ type, role }: Block): boolean => type === 'AUDIO' && role !== 'USER';
export const isSpeculative = (block: Block): boolean => block.role === 'ASSISTANT' && block.stage === 'SPECULATIVE';
export const isFinal = (block: Block): boolean =>
  block.role === 'ASSISTANT' && block.stage === 'FINAL' && block.type === 'TEXT' && !isMarker(block);
export const isUserText = ({ type, role }: Block): boolean => type === 'TEXT' && role === 'USER';

function begun(body: Seen['body'], start: number, startMs: number): Block {
  const { additionalModelFields: fields } = body;
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields ?? {});
  const stage = /SPECULATIVE|FINAL/.exec(text)?.[0] as Block['stage'];
  return {
    type: String(body['type']),
    role: String(body['role']),
    stage,
    stageForm: stage === undefined ? 'missing' : typeof fields === 'string' ? 'text' : 'object',
    completionId: typeof body['completionId'] === 'string' ? body['completionId'] : '',
    start,
    startMs,
    text: '',
    piecesMs: [],
    lastMs: startMs,
    last: start,
    stopReason: undefined,
    end: undefined,
  };
}

function millisecondsOf(base64: string): number {
  return (Buffer.byteLength(base64, 'base64') / 2 / MODEL_OUTPUT_HZ) * 1000;
}
