import type { Tool as ListedTool } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import { z } from 'zod';
import type { McpTools, OfferedMcpTool } from '../../../contract/agent';
import { declaredRules, type DeclaredPlace } from '../declared';
import { isJson, type Json, without } from '../schema/resolve';
import { modelSchema } from '../schema/model-schema';
import { defineTool, type Tool } from '../tool';
import { mcpAnswer } from './mcp-answer';
import type { McpServer } from './mcp-server';
import type { ToldOfTool, ToolPins } from './pins';

/** A longer description of a stranger's is not read by a model that is to speak. */
const MAX_DESCRIPTION_CHARS = 600;

/** What an agent offers of a server's tools, and why the rest is missing. */
export interface Offered {
  readonly tools: readonly Tool[];
  readonly missing: readonly MissingTool[];
}

export interface MissingTool {
  /** The model's name for it. */
  readonly name: string;
  readonly reason: string;
  /** The agent and the server do not fit together: a bot that needs the server does not start so. */
  readonly isMisfit: boolean;
}

/** Takes those that the agent names out of a server's list; one that cannot be told to the model is left out alone. */
export function offeredTools(
  declared: McpTools,
  listed: readonly ListedTool[],
  server: McpServer,
  pins: ToolPins,
  place: DeclaredPlace,
): Offered {
  const tools: Tool[] = [];
  const missing: MissingTool[] = [];
  for (const [name, given] of Object.entries(declared.tools)) {
    const offered: OfferedMcpTool = typeof given === 'string' ? { tool: given } : given;
    const found = listed.find((tool) => tool.name === offered.tool);
    if (found === undefined) {
      missing.push({ name, reason: `the server has no tool ${offered.tool}`, isMisfit: true });
      continue;
    }
    try {
      const told = toldOf(name, offered, found);
      const isTaken = offered.pin === undefined && declared.acceptsChanges === true;
      const refusal = isTaken ? undefined : pins.refusal(name, told, offered.pin);
      if (refusal === undefined) tools.push(toolOf(name, offered, told, declared, server, place));
      else missing.push({ name, reason: refusal, isMisfit: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'its schema was not understood';
      missing.push({ name, reason, isMisfit: false });
    }
  }
  return { tools, missing };
}

function toldOf(name: string, offered: OfferedMcpTool, found: ListedTool): ToldOfTool {
  const jsonSchema = withoutFixed(found.inputSchema, Object.keys(offered.fixed ?? {}));
  // What cannot be told to the model is found out here, and not by the runner, which would refuse all tools.
  modelSchema(jsonSchema, name);
  const description = offered.description ?? (found.description ?? found.title ?? name).slice(0, MAX_DESCRIPTION_CHARS);
  return { tool: offered.tool, description, jsonSchema };
}

function toolOf(
  name: string,
  offered: OfferedMcpTool,
  { description, jsonSchema }: ToldOfTool,
  declared: McpTools,
  server: McpServer,
  place: DeclaredPlace,
): Tool {
  const rules = declaredRules({ ...offered, description }, { ...place, name }, 'once');
  const { secrets } = place.services;
  return defineTool({
    ...rules,
    schema: schemaOf(jsonSchema),
    jsonSchema,
    identity: `mcp ${declared.url} ${offered.tool}`,
    run: async (args, { signal }) => {
      const given = { ...(args as Record<string, unknown>), ...offered.fixed };
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
