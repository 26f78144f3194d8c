import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../contract/make-folder';
import {
  type ModelRecording,
  parseRecording,
  RECORDING_SUFFIX,
  type RecordingLine,
} from '../../../contract/model-recordings';
import type { Script } from '../../../evals/scenario';
import { type Cassette, loadCassette } from '../../fakes/bedrock';

const AGENTS = path.join(__dirname, '../../../agents');
/** Of one stream, in the repository. */
export const MAX_CASSETTE_BYTES = 300_000;

/** The files of a scenario's recording, a stream each, in their order. */
function filesOf(agent: string, scenario: string): readonly string[] {
  const folder = folderOf(agent);
  if (!existsSync(folder)) return [];
  const start = `${nameOf(scenario)}-`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length, -RECORDING_SUFFIX.length)))
    .toSorted((a, b) => numberIn(a) - numberIn(b))
    .map((name) => path.join(folder, name));
}

/** A scenario's recording, a stream each; empty where there is none. @throws Error that names the file, the line and the rule */
export function cassettesOf(agent: string, scenario: string): readonly Cassette[] {
  return filesOf(agent, scenario).map((file) => loadCassette(file));
}

export const hasCassettes = (agent: string, scenario: string): boolean => filesOf(agent, scenario).length > 0;

/** How long a recorded call took, in ms. */
export function recordedMs(agent: string, scenario: string): number {
  return cassettesOf(agent, scenario).reduce((sum, { recording }) => sum + (recording.lines.at(-1)?.t ?? 0), 0);
}

/** What a scenario's caller does, a line a turn, as a recording keeps it. */
export function callersPart({ turns, user }: Script): readonly string[] {
  return turns.map(({ user: words, audio, dtmf }) => {
    if (dtmf !== undefined) return `presses ${dtmf}`;
    if (audio !== undefined) return `plays ${audio}`;
    if (words === undefined) return 'listens';
    return `${user?.modality === 'audio' ? 'says' : 'types'} ${words}`;
  });
}

/** What tools answered in a recorded stream, by the id of each use. What failed is left out: it fails again. */
export function toolResultsIn({ lines }: ModelRecording): readonly (readonly [toolUseId: string, result: unknown])[] {
  const uses = new Map<unknown, string>();
  return lines.flatMap(({ dir, event }) => {
    const { contentStart, toolResult } = event as Record<string, Record<string, unknown> | undefined>;
    if (dir === 'in' && contentStart?.['type'] === 'TOOL')
      uses.set(contentStart['contentName'], toolUseIn(contentStart));
    const id = uses.get(toolResult?.['contentName']);
    if (id === undefined || typeof toolResult?.['content'] !== 'string') return [];
    const result = JSON.parse(toolResult['content']) as object;
    return 'error' in result ? [] : [[id, result] as const];
  });
}

function toolUseIn(contentStart: Readonly<Record<string, unknown>>): string {
  const { toolUseId } = (contentStart['toolResultInputConfiguration'] ?? {}) as { toolUseId?: string };
  return toolUseId ?? '';
}

/** Streams are numbered each for itself; in a call no two uses of tools have one id. */
function withIdsOf(stream: number, line: RecordingLine): RecordingLine {
  const text = JSON.stringify(line).replaceAll(/"toolUseId":"tool-(\d+)"/g, `"toolUseId":"tool-${stream}.$1"`);
  return JSON.parse(text) as RecordingLine;
}

/**
 * A stream as the bot wrote it, as it is kept for a scenario.
 * @param stream which of the call's, from 1
 * @param secrets values that must not be in it
 * @throws Error with the rule, where it may not be kept
 */
export function cassetteText(written: string, script: Script, stream: number, secrets: readonly string[]): string {
  const { head, lines } = parseRecording(written);
  const [last = ''] = Object.keys(lines.at(-1)?.event ?? {});
  if (last !== 'streamEnd' && !last.endsWith('Exception')) throw new Error('it was cut off');
  if (secrets.some((secret) => written.includes(secret))) throw new Error('a secret of a tool is in it');
  const all = [{ ...head, caller: callersPart(script) }, ...lines.map((line) => withIdsOf(stream, line))];
  const text = all.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (Buffer.byteLength(text) > MAX_CASSETTE_BYTES) throw new Error(`it has more than ${MAX_CASSETTE_BYTES} bytes`);
  return text;
}

/**
 * Keeps a call's streams as the recording of its scenario, in place of the one there was.
 * @param files as the bot wrote them, in their order
 * @throws Error that names the scenario and the rule, where one may not be kept; then none is
 */
export function keepCassettes(
  agent: string,
  script: Script,
  files: readonly string[],
  secrets: readonly string[],
): void {
  let kept: readonly string[];
  try {
    kept = files.map((file, at) => cassetteText(readFileSync(file, 'utf8'), script, at + 1, secrets));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the recording of ${agent}: ${script.id} cannot be kept: ${why}`, { cause: error });
  }
  for (const old of filesOf(agent, script.id)) rmSync(old);
  makeFolder(folderOf(agent));
  kept.forEach((text, at) => {
    writeFileSync(path.join(folderOf(agent), `${nameOf(script.id)}-${at + 1}${RECORDING_SUFFIX}`), text);
  });
}

const folderOf = (agent: string): string => path.join(AGENTS, agent, 'cassettes');
const nameOf = (scenario: string): string => scenario.replace('/', '.');
const numberIn = (file: string): number => Number(/-(\d+)\.nova\.jsonl$/.exec(file)?.[1] ?? 0);
