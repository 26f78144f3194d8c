import type { Tool as ListedTool } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import { z } from 'zod';
import type { McpTools, OfferedMcpTool } from '../../../contract/agent';
import { declaredRules, type DeclaredPlace } from '../declared';
import { isJson, type Json, without } from '../schema/resolve';
import { modelSchema } from '../schema/model-schema';
import { defineTool, type Tool } from '../tool';
import { mcpAnswer } from './mcp-answer';
import type { McpServer } from './mcp-server';

/** A longer description of a stranger's is not read by a model that is to speak. */
const MAX_DESCRIPTION_CHARS = 600;

/** What an agent offers of a server's tools, and why the rest is missing. */
export interface Offered {
  readonly tools: readonly Tool[];
  /** By the model's name for it. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

/** Takes those that the agent names out of a server's list; one that cannot be told to the model is left out alone. */
export function offeredTools(
  declared: McpTools,
  listed: readonly ListedTool[],
  server: McpServer,
  place: DeclaredPlace,
): Offered {
  const tools: Tool[] = [];
  const missing: { name: string; reason: string }[] = [];
  for (const [name, given] of Object.entries(declared.tools)) {
    const offered: OfferedMcpTool = typeof given === 'string' ? { tool: given } : given;
    const found = listed.find((tool) => tool.name === offered.tool);
    if (found === undefined) {
      missing.push({ name, reason: `the server has no tool ${offered.tool}` });
      continue;
    }
    try {
      tools.push(toolOf(name, offered, found, declared, server, place));
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? error.message : 'its schema was not understood' });
    }
  }
  return { tools, missing };
}

function toolOf(
  name: string,
  offered: OfferedMcpTool,
  found: ListedTool,
  declared: McpTools,
  server: McpServer,
  place: DeclaredPlace,
): Tool {
  const fixed = offered.fixed ?? {};
  const jsonSchema = withoutFixed(found.inputSchema, Object.keys(fixed));
  // What cannot be told to the model is found out here, and not by the runner, which would refuse all tools.
  modelSchema(jsonSchema, name);
  const description = offered.description ?? (found.description ?? found.title ?? name).slice(0, MAX_DESCRIPTION_CHARS);
  const rules = declaredRules({ ...offered, description }, { ...place, name }, 'once');
  const { secrets } = place.services;
  return defineTool({
    ...rules,
    schema: schemaOf(jsonSchema),
    jsonSchema,
    identity: `mcp ${declared.url} ${offered.tool}`,
    run: async (args, { signal }) => {
      const given = { ...(args as Record<string, unknown>), ...fixed };
      return mcpAnswer(await server.call(offered.tool, given, { signal, timeoutMs: rules.timeoutMs }), secrets);
    },
  });
}

/** Checks what the model writes; where zod has no such schema, the server itself has the last word. */
function schemaOf(jsonSchema: Json): z.ZodType {
  try {
    return z.fromJSONSchema(jsonSchema);
  } catch {
    return z.record(z.string(), z.unknown());
  }
}

function withoutFixed(schema: Json, fixed: readonly string[]): Json {
  if (fixed.length === 0 || !isJson(schema['properties'])) return schema;
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  return {
    ...schema,
    properties: without(schema['properties'], ...fixed),
    required: required.filter((name) => !fixed.includes(name)),
  };
}
