import type { Wishes } from './wishes';

const LINE = 120;

/** A string of TypeScript as Prettier writes it: the quote that needs fewer escapes. */
function quoted(text: string): string {
  const quote = text.split("'").length > text.split('"').length ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

function property(name: string, text: string): string {
  const line = `  ${name}: ${quoted(text)},`;
  return line.length <= LINE ? line : `  ${name}:\n    ${quoted(text)},`;
}

/** The files of a new agent by their paths in its folder: it talks at once, looks things up, and hangs up. */
export function filesOf({ business, task, language, voice, greeting }: Wishes): Readonly<Record<string, string>> {
  return {
    'agent.ts': [
      "import { defineAgent, endCall, knowledge } from '../../contract/agent';",
      '',
      'export default defineAgent({',
      property('language', language),
      property('voice', voice),
      property('greeting', greeting),
      '  tools: {',
      '    look_up: knowledge(),',
      '    end_call: endCall(),',
      '  },',
      '});',
      '',
    ].join('\n'),
    'prompt.md': [
      `You answer the telephone for ${business}. What you do for callers: ${task}.`,
      '',
      '- You are friendly and brief: one or two short sentences at a time, as one speaks.',
      '- Look facts up before you answer. If you find nothing, say so; never make anything up.',
      '- When the caller wants nothing more, say goodbye and end the call.',
      '',
    ].join('\n'),
    'knowledge/about.md': [
      '# About us',
      '',
      '## What we do',
      '',
      `This is what callers of ${business} can be told. Write here what they ask for: opening hours, the address, prices.`,
      '',
    ].join('\n'),
  };
}
