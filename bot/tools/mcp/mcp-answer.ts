import type { CallToolResult } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import { masked } from '../secrets';
import { ToolFailure } from '../tool';

/** A sentence, not a trace. */
const MAX_ERROR_CHARS = 200;

/**
 * What an MCP tool answered, for the model: its structured content, else its texts; of anything else only that it was there.
 * @throws ToolFailure with the server's words where it says that the tool failed
 */
export function mcpAnswer(result: CallToolResult, secrets: Readonly<Record<string, string>>): unknown {
  const texts = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  const text = masked(texts.join('\n'), secrets);
  if (result.isError === true) {
    const [sentence = ''] = text.trim().split('\n');
    const said = sentence.slice(0, MAX_ERROR_CHARS).trim();
    throw new ToolFailure(said === '' ? 'The service could not do that.' : said, { reason: 'isError' });
  }
  const { structuredContent } = result;
  if (typeof structuredContent === 'object' && structuredContent !== null) {
    return JSON.parse(masked(JSON.stringify(structuredContent), secrets)) as unknown;
  }
  const omitted = result.content.flatMap(({ type }) => (type === 'text' ? [] : [type]));
  const left = omitted.length === 0 ? {} : { omitted: omitted.join(', ') };
  const parsed = objectOf(text);
  if (parsed !== undefined) return { ...parsed, ...left };
  return text === '' ? left : { text, ...left };
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { items: value };
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
