import type { AgentDefinition } from './definition';
import type { McpAccess } from './mcp-tools';
import type { HeaderValue } from './secret';
import type { ToolDeclaration } from './tool-declaration';

/** What must be there for an agent's tools to work, and be granted: everything outside of the bot that it reaches. */
export interface AgentNeeds {
  /** Variables of the process that hold its secrets. */
  readonly secrets: readonly string[];
  /** Names or ARNs, as declared. */
  readonly functions: readonly string[];
  readonly knowledgeBases: readonly string[];
  /** ARNs of gateways of AgentCore. */
  readonly gateways: readonly string[];
  /** `host:port` of everything else that is connected to. */
  readonly hosts: readonly string[];
  /** Agents that it may give a call to. */
  readonly agents: readonly string[];
  /** Names of people it may give a call to. */
  readonly destinations: readonly string[];
}

/** Reads what an agent needs out of its definition; each list in order, without doubles. */
export function needsOf({ tools = {} }: AgentDefinition): AgentNeeds {
  const all = Object.values(tools);
  const sorted = (pick: (tool: ToolDeclaration) => readonly string[]): string[] =>
    [...new Set(all.flatMap(pick))].sort((one, other) => (one < other ? -1 : 1));
  return {
    secrets: sorted(secretsOfTool),
    functions: sorted((tool) => (tool.kind === 'lambda' ? [tool.function] : [])),
    knowledgeBases: sorted((tool) =>
      tool.kind === 'knowledge' && tool.source.kind === 'bedrock' ? [tool.source.knowledgeBaseId] : [],
    ),
    gateways: sorted((tool) =>
      tool.kind === 'mcp' && tool.access?.kind === 'aws-signature' ? [tool.access.gatewayArn] : [],
    ),
    hosts: sorted(hostsOfTool),
    agents: sorted((tool) => (tool.kind === 'handoff' ? [tool.to] : [])),
    destinations: sorted((tool) => (tool.kind === 'transfer' ? Object.keys(tool.to) : [])),
  };
}

/** Names of the secrets that a tool sends. */
export function secretsOfTool(tool: ToolDeclaration): readonly string[] {
  switch (tool.kind) {
    case 'http':
      return Object.values(tool.headers ?? {}).flatMap(secretOfHeader);
    case 'mcp':
      return tool.access === undefined ? [] : secretOfAccess(tool.access);
    case 'code':
      return tool.secrets ?? [];
    default:
      return [];
  }
}

function secretOfHeader(value: HeaderValue): string[] {
  if (typeof value === 'string') return [];
  return [value.kind === 'secret' ? value.name : value.secret.name];
}

function secretOfAccess(access: McpAccess): string[] {
  if (access.kind === 'bearer') return [access.token.name];
  return access.kind === 'oauth-client' ? [access.clientSecret.name] : [];
}

function hostsOfTool(tool: ToolDeclaration): readonly string[] {
  if (tool.kind === 'code') return (tool.hosts ?? []).map((host) => (host.includes(':') ? host : `${host}:443`));
  if (tool.kind !== 'http' && tool.kind !== 'mcp') return [];
  const issuer = tool.kind === 'mcp' && tool.access?.kind === 'oauth-client' ? [tool.access.issuer] : [];
  return [tool.url, ...issuer].flatMap(hostOfUrl);
}

function hostOfUrl(url: string): readonly string[] {
  const origin = /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? '';
  if (!URL.canParse(origin)) return [];
  const { hostname, port, protocol } = new URL(origin);
  return [`${hostname}:${port === '' ? (protocol === 'http:' ? '80' : '443') : port}`];
}
