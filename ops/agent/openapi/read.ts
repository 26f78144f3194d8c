import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { OpsError } from '../../cli/ops-error';
import { readThrown } from '../../cli/thrown';
import { ApiDocument, isJson, refusal, textAt } from './document';

/** The largest public APIs have less without their examples. */
const MAX_BYTES = 8_000_000;
const MAX_DEPTH = 60;
/** YAML's aliases may stand for each other: ten lines can be a billion. */
const MAX_ALIASES = 100;
const ANSWERS_WITHIN_MS = 15_000;

/**
 * Reads an OpenAPI document, JSON or YAML, from a file of the project or an address.
 * @throws OpsError `not_found`, `no_network`, `values_invalid` or `definition_invalid`
 */
export async function readDocument(source: string, folder: string, signal: AbortSignal): Promise<ApiDocument> {
  const isAddress = /^https?:\/\//.test(source);
  const text = isAddress ? await fetched(source, signal) : await readHere(path.resolve(folder, source), source);
  const root = parsed(text, source);
  if (!isJson(root)) throw refusal(source, 'must be an OpenAPI document: an object');
  const version = textAt(root, 'openapi');
  if (version === undefined || !/^3\.[01](\.|$)/.test(version)) {
    const converts = textAt(root, 'swagger') === undefined ? '' : ': Swagger 2 has converters, such as swagger2openapi';
    throw refusal('openapi', `must be 3.0 or 3.1${converts}`);
  }
  checkDepth(root);
  return new ApiDocument(root, isAddress ? source : undefined);
}

async function readHere(file: string, source: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw tooLong(source);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw new OpsError('not_found', `${source} cannot be read: ${readThrown(error).code || readThrown(error).message}`);
  }
}

async function fetched(source: string, stop: AbortSignal): Promise<string> {
  const url = new URL(source);
  const isHere = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  if (url.protocol === 'http:' && !isHere) throw refusal(source, 'must begin with https://');
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
  try {
    const response = await fetch(url, { signal, redirect: 'error' });
    if (!response.ok) throw new OpsError('not_found', `${source} answers with ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > MAX_BYTES) throw tooLong(source);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof OpsError) throw error;
    const { code, message } = readThrown(error instanceof Error && error.cause !== undefined ? error.cause : error);
    throw new OpsError(
      'no_network',
      `${source} cannot be read: ${code || message}`,
      'Save it to a file, and name that.',
    );
  }
}

function parsed(text: string, source: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const [line = ''] = readThrown(error).message.split('\n');
    throw new OpsError('values_invalid', `${source} must be JSON or YAML: ${line.slice(0, 200)}`);
  }
}

const tooLong = (source: string): OpsError =>
  new OpsError('values_invalid', `${source} must be at most ${MAX_BYTES / 1_000_000} MB`);

/** Level by level, so that no depth is too much for this itself. Aliases may have one object in many places. */
function checkDepth(root: unknown): void {
  let level = new Set<unknown>([root]);
  for (let depth = 0; level.size > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw refusal('the document', `must be at most ${MAX_DEPTH} levels deep`);
    const below = [...level].flatMap((value) => Object.values(value as object) as unknown[]);
    level = new Set(below.filter((value) => typeof value === 'object' && value !== null));
  }
}
