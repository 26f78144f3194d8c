import { ALL_VARIABLES } from '../variables';
import type { CollectTool } from './built-in-tools';
import type { HttpTool } from './http-tool';
import { secretsOfTool } from './needs';
import { argumentsNamedIn } from './placeholders';
import type { ToolDeclaration } from './tool-declaration';
import type { ToolRules } from './tool-rules';

/** What a tool's declaration is checked against. */
export interface AgentAround {
  readonly agent: string;
  /** Names of the agent's variables. */
  readonly variables: readonly string[];
  /** Names of all agents; undefined where nobody knows. */
  readonly agents: readonly string[] | undefined;
}

const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
/** Read by Node, its loader, the AWS SDK or ECS before any agent is there. */
const RESERVED = /^(AWS_|ECS_|NODE_|LD_|OTEL_|(PATH|HOME|TZ|LANG|TMPDIR)$)/;

/** What is wrong with one entry of `tools`, as ends of sentences that begin with the field. */
export function toolProblems(field: string, tool: ToolDeclaration, around: AgentAround): string[] {
  const secrets = secretsOfTool(tool).flatMap((name) => secretProblem(name).map((rule) => `${field}: ${rule}`));
  return [...secrets, ...kindProblems(field, tool, around), ...confirmProblems(field, tool)];
}

function secretProblem(name: string): string[] {
  if (!SECRET_NAME.test(name)) return ["the secret's name must be capital letters, digits and _, as in CLINIC_KEY"];
  const isTaken = RESERVED.test(name) || ALL_VARIABLES.some((variable) => variable.name === name);
  return isTaken ? [`the secret ${name} must have another name: the bot reads a variable that is called so`] : [];
}

function kindProblems(field: string, tool: ToolDeclaration, around: AgentAround): string[] {
  switch (tool.kind) {
    case 'http':
      return httpProblems(field, tool, around.variables);
    case 'mcp':
      return [
        ...hostProblems(`${field}.url`, tool.url),
        ...(tool.url.includes('{') ? [`${field}.url must not have placeholders`] : []),
      ];
    case 'lambda':
      return (tool.variables ?? []).flatMap((name) => unknownVariable(`${field}.variables`, name, around.variables));
    case 'handoff':
      return handoffProblems(field, tool.to, around);
    case 'collect':
      return collectProblems(field, tool);
    default:
      return [];
  }
}

function httpProblems(field: string, tool: HttpTool, variables: readonly string[]): string[] {
  const known = Object.keys(tool.arguments?.shape ?? {});
  const placeholders = argumentsNamedIn(tool.url).flatMap((name) => {
    const variable = /^variables\.(.*)$/.exec(name)?.[1];
    if (variable !== undefined) return unknownVariable(`${field}.url`, variable, variables);
    return known.includes(name) ? [] : [`${field}.url must name arguments: {${name}} is none`];
  });
  const query = (tool.query ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => `${field}.query must name arguments: ${name} is none`);
  return [...hostProblems(`${field}.url`, tool.url), ...placeholders, ...query];
}

/** The host is the declaration's alone: what a caller says can never change whom the bot connects to. */
function hostProblems(field: string, url: string): string[] {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  if (!origin.toLowerCase().startsWith('https://')) return [`${field} must begin with https://`];
  if (/[{}]/.test(origin)) return [`${field} must have a host without placeholders`];
  if (!URL.canParse(origin)) return [`${field} must have a host that is written right`];
  const { username, password } = new URL(origin);
  if (username + password !== '') return [`${field} must have no user and no password: use a header with secret(…)`];
  return url.includes('#') || /\s/.test(url) ? [`${field} must have no fragment and no blanks`] : [];
}

function handoffProblems(field: string, to: string, { agent, agents }: AgentAround): string[] {
  if (to === agent) return [`${field}.to must be another agent`];
  if (agents === undefined || agents.includes(to)) return [];
  return [`${field}.to must be an agent that there is: agents/${to}/agent.ts is missing`];
}

function collectProblems(field: string, { value, length, isSecret }: CollectTool): string[] {
  const problems: string[] = [];
  if (length !== undefined && value !== 'digits') problems.push(`${field}.length must be left out: it is for digits`);
  if (Array.isArray(length) && length[0] > length[1]) problems.push(`${field}.length must be [least, most]`);
  if (isSecret === true && value !== 'digits') {
    problems.push(`${field}.isSecret must be left out: only digits can be pressed, and what is spoken the model hears`);
  }
  return problems;
}

/** What is read back must be what was asked for. A server's own arguments are known only to the server. */
function confirmProblems(field: string, tool: ToolDeclaration): string[] {
  if (tool.kind === 'mcp') return [];
  const { confirm }: Partial<ToolRules> = tool;
  if (confirm === undefined) return [];
  const isAsked = tool.kind === 'http' || tool.kind === 'lambda' || tool.kind === 'code';
  if (!isAsked) return [`${field}.confirm must be left out: nothing of it is to be confirmed`];
  const known = Object.keys(tool.arguments?.shape ?? {});
  return argumentsNamedIn(confirm)
    .filter((name) => !known.includes(name))
    .map((name) => `${field}.confirm must name arguments: {${name}} is none`);
}

const unknownVariable = (field: string, name: string, variables: readonly string[]): string[] =>
  variables.includes(name) ? [] : [`${field} must name the agent's variables: ${name} is none`];
