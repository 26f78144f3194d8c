import type { ToolDeclaration } from '../../contract/agent';
import { openCodeTool } from './code/code-tool';
import type { DeclaredPlace, ToolServices } from './declared';
import { httpTool } from './http/http-tool';
import { openKnowledgeTool } from './knowledge/knowledge-tool';
import { LambdaFunctions } from './lambda/lambda-tool';
import { mocked } from './mocked';
import { openMcpTools } from './mcp/open-mcp';
import { type Tool, ToolFailure } from './tool';
import { ToolRunner } from './tool-runner';

/** An agent's declared tools, open for calls. */
export interface AgentTools {
  /**
   * The tools as of now: a call keeps what it was given until its next stream, which has what an MCP server changed meanwhile.
   * @param builtIn tools made for one call
   */
  runner(builtIn?: readonly Tool[]): ToolRunner;
  /** Grows when an MCP server changes its tools: a runner made before is not of today. */
  revision(): number;
  /** What the agent declares and has not, in sentences for the prompt; empty: all is there. */
  missing(): readonly string[];
  /** Idempotent; calls that run are not waited for. */
  close(): Promise<void>;
}

/** What one declaration came to. */
interface Opened {
  readonly tools: () => readonly Tool[];
  readonly revision?: () => number;
  readonly missing?: () => readonly string[];
  readonly close?: () => void | Promise<void>;
}

/**
 * Makes what an agent declares ready to be called. What acts on the call itself (end-call, handoff, transfer, collect) is made
 * for each call, and passed over here.
 * @throws BotError `config_invalid` that names agent, tool and rule
 */
export async function openAgentTools(
  declared: Readonly<Record<string, ToolDeclaration>>,
  services: ToolServices,
): Promise<AgentTools> {
  const opened: Opened[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(opened.map(async (one) => one.close?.()));
  };
  const toolsNow = (): Tool[] =>
    opened
      .flatMap((one) => one.tools())
      .map((tool) => logged(services.mocks === undefined ? tool : mocked(tool, services.mocks), services));
  let own: ToolRunner;
  try {
    for (const [name, declaration] of Object.entries(declared)) {
      const where = `agents/${services.agent}: tools.${name}`;
      opened.push(await open(declaration, { name, where, services }));
    }
    own = new ToolRunner(toolsNow(), services.clock, services.language);
  } catch (error) {
    await close();
    throw error;
  }
  const hasServers = Object.values(declared).some(({ kind }) => kind === 'mcp');
  return {
    runner: (builtIn = []) => {
      if (builtIn.length === 0 && !hasServers) return own;
      return new ToolRunner([...toolsNow(), ...builtIn], services.clock, services.language);
    },
    revision: () => opened.reduce((sum, one) => sum + (one.revision?.() ?? 0), 0),
    missing: () => opened.flatMap((one) => one.missing?.() ?? []),
    close,
  };
}

async function open(declaration: ToolDeclaration, place: DeclaredPlace): Promise<Opened> {
  const { region } = place.services;
  switch (declaration.kind) {
    case 'code': {
      const tool = await openCodeTool(declaration, place);
      return { tools: () => [tool] };
    }
    case 'http': {
      const tool = httpTool(declaration, place);
      return { tools: () => [tool] };
    }
    case 'lambda': {
      const functions = await LambdaFunctions.open(region);
      const tool = functions.tool(declaration, place);
      return { tools: () => [tool], close: () => functions.close() };
    }
    case 'knowledge': {
      const { tool, close } = await openKnowledgeTool(declaration, place);
      return { tools: () => [tool], close };
    }
    case 'mcp': {
      const server = await openMcpTools(declaration, place);
      return {
        tools: () => server.offered().tools,
        revision: () => server.revision(),
        missing: () => server.offered().missing.map(({ name }) => `The tool ${name} is not available at the moment.`),
        close: () => server.close(),
      };
    }
    case 'end-call':
    case 'handoff':
    case 'transfer':
    case 'collect':
    case 'stop-recording':
      return { tools: () => [] };
  }
}

/** An operator reads why a tool failed; what was asked and answered is not written down. */
function logged(tool: Tool, { agent, logger }: ToolServices): Tool {
  return {
    ...tool,
    run: async (args, context) => {
      try {
        return await tool.run(args, context);
      } catch (error) {
        const reason = error instanceof ToolFailure ? error.reason : error instanceof Error ? error.name : 'unknown';
        logger.warn({ callId: context.callId, agent, tool: tool.name, reason }, 'tool failed');
        throw error;
      }
    },
  };
}
