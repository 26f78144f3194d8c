import { AGENT_NAME, AGENT_NAME_RULE } from '../agent-name';
import { DEFAULT_MODEL_ID, languagesOf, speaks } from '../models';
import { MAX_PROMPT_BYTES } from '../variables';
import { shapeProblems } from './check-shape';
import { toolProblems } from './check-tool';
import type { AgentDefinition } from './definition';
import { argumentsNamedIn, hasOpenBraces, variablesNamedIn } from './placeholders';
import type { ToolDeclaration } from './tool-declaration';

/** What is known where an agent is checked. */
export interface CheckedAgainst {
  /** Names of all agents; left out: whom it hands over to is not checked. */
  readonly agents?: readonly string[];
  /** Default: the model that the bot speaks with unless told otherwise. */
  readonly modelId?: string;
  /** The text of `prompt.md` beside the agent. */
  readonly promptFile?: string;
}

/** The language of an agent that names none. */
export const DEFAULT_LANGUAGE = 'en-US';

const MAX_TOOLS = 10;
/** Speech models choose worse among more. */
const MANY_TOOLS = 8;
const MAX_VARIABLES = 32;
/** Text in front of a call makes the first answer wait: 3 to 8 s were seen at 16 KB and more. */
const LONG_PROMPT_BYTES = 12_288;
const TOOL_NAME = /^[A-Za-z0-9_]{1,64}$/;
const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/**
 * What is wrong with an agent, each as a sentence that names agent, field and rule, and quotes no value:
 * `agents/clinic: tools.find_slot.url must begin with https://`. Pure.
 * @param definition the default export of `agents/<name>/agent.ts`, whatever it is
 */
export function checkAgent(name: string, definition: unknown, against: CheckedAgainst = {}): readonly string[] {
  const naming = AGENT_NAME.test(name) ? [] : [`its folder's name must be ${AGENT_NAME_RULE}`];
  const shape = shapeProblems(definition);
  const rules = shape.length > 0 ? [] : ruleProblems(name, definition as AgentDefinition, against);
  return [...naming, ...shape, ...rules].map((problem) => `agents/${name}: ${problem}`);
}

/** What is right and will still disappoint, in sentences as of `checkAgent`, for an agent that has no problems. */
export function agentWarnings(
  name: string,
  definition: AgentDefinition,
  { modelId = DEFAULT_MODEL_ID, promptFile }: CheckedAgainst = {},
): readonly string[] {
  const { tools = {}, voice } = definition;
  const warnings: string[] = [];
  const count = toolNames(tools).length;
  if (count > MANY_TOOLS)
    warnings.push(`tools are ${count}: a speech model chooses worse among more than ${MANY_TOOLS}`);
  const bytes = Buffer.byteLength((definition.prompt ?? promptFile ?? '') + descriptionsOf(tools));
  if (bytes > LONG_PROMPT_BYTES) {
    warnings.push(`prompt and descriptions are ${bytes} bytes: over ${LONG_PROMPT_BYTES} the first answer comes late`);
  }
  const texts = { prompt: definition.prompt ?? promptFile, greeting: definition.greeting };
  for (const [field, text = ''] of Object.entries(texts)) {
    const single = argumentsNamedIn(text.replaceAll(/\{\{[^{}]*\}\}/g, ''));
    const meant = Object.keys(definition.variables?.shape ?? {}).find((variable) => single.includes(variable));
    if (meant !== undefined)
      warnings.push(`${field} has {${meant}}, which is said as it stands: {{${meant}}} is filled in`);
  }
  if (voice !== undefined && speaks(modelId, voice, DEFAULT_LANGUAGE) === undefined) {
    warnings.push('voice is none that is known of the model');
  }
  return warnings.map((warning) => `agents/${name}: ${warning}`);
}

function ruleProblems(name: string, definition: AgentDefinition, against: CheckedAgainst): string[] {
  const { tools = {} } = definition;
  const variables = Object.keys(definition.variables?.shape ?? {});
  const collected = Object.keys(tools).filter((tool) => tools[tool]?.kind === 'collect');
  const around = { agent: name, variables: [...variables, ...collected], agents: against.agents };
  return [
    ...speechProblems(definition, against),
    ...textProblems(definition, variables, against.promptFile),
    ...variables
      .filter((variable) => !VARIABLE_NAME.test(variable))
      .map((variable) => `variables.${variable} must be named by letters, digits and _, 32 at most`),
    ...(variables.length > MAX_VARIABLES ? [`variables must be ${MAX_VARIABLES} at most`] : []),
    ...namesProblems(tools),
    ...Object.entries(tools).flatMap(([key, tool]) => toolProblems(`tools.${key}`, tool, around)),
  ];
}

function speechProblems(
  { voice, language }: AgentDefinition,
  { modelId = DEFAULT_MODEL_ID }: CheckedAgainst,
): string[] {
  const languages = languagesOf(modelId);
  if (language !== undefined && !languages.includes(language)) {
    return [`language must be one that the model speaks: ${languages.join(', ')}`];
  }
  const spoken = language ?? DEFAULT_LANGUAGE;
  if (voice === undefined || speaks(modelId, voice, spoken) !== false) return [];
  return [`voice must be one that speaks ${spoken}`];
}

function textProblems({ prompt, greeting }: AgentDefinition, variables: readonly string[], file?: string): string[] {
  const texts = { prompt, 'prompt.md': prompt === undefined ? file : undefined, greeting };
  return Object.entries(texts).flatMap(([field, text = '']) => {
    const size =
      Buffer.byteLength(text) > MAX_PROMPT_BYTES ? [`${field} must be ${MAX_PROMPT_BYTES} bytes at most`] : [];
    const unknown = variablesNamedIn(text).filter((variable) => !variables.includes(variable));
    const open = hasOpenBraces(text) ? [`${field} must close each {{ by }}, with the name of a variable between`] : [];
    return [...size, ...open, ...unknown.map((variable) => `${field} must name variables: {{${variable}}} is none`)];
  });
}

function namesProblems(tools: Readonly<Record<string, ToolDeclaration>>): string[] {
  const names = toolNames(tools);
  const problems = names
    .filter((tool) => !TOOL_NAME.test(tool))
    .map((tool) => `tools.${tool} must be named by letters, digits and _, 64 at most`);
  const twice = names.filter((tool, at) => names.indexOf(tool) !== at);
  problems.push(...twice.map((tool) => `tools.${tool} must be there once: an MCP server's tool has the same name`));
  if (names.length > MAX_TOOLS) problems.push(`tools must be ${MAX_TOOLS} at most`);
  return problems;
}

/** The names that the model calls; an MCP server's own name is none. */
const toolNames = (tools: Readonly<Record<string, ToolDeclaration>>): string[] =>
  Object.entries(tools).flatMap(([key, tool]) => (tool.kind === 'mcp' ? Object.keys(tool.tools) : [key]));

const descriptionsOf = (tools: Readonly<Record<string, ToolDeclaration>>): string =>
  Object.values(tools)
    .map((tool) => (tool.kind === 'mcp' ? '' : tool.description))
    .join('');
