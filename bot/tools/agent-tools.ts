import type { ToolDeclaration } from '../../contract/agent';
import { openCodeTool } from './code/code-tool';
import { type DeclaredPlace, type ToolServices } from './declared';
import { httpTool } from './http/http-tool';
import { type Tool, ToolFailure } from './tool';
import { ToolRunner } from './tool-runner';

/** An agent's declared tools, open for calls. */
export interface AgentTools {
  /**
   * The tools as of now: a call keeps what it was given, and later ones have what an MCP server changed meanwhile.
   * @param builtIn tools made for one call
   */
  runner(builtIn?: readonly Tool[]): ToolRunner;
  /** What was declared optional and is away, in sentences for the prompt; empty: all is there. */
  missing(): readonly string[];
  /** Idempotent; calls that run are not waited for. */
  close(): Promise<void>;
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
  const opened: Tool[] = [];
  for (const [name, declaration] of Object.entries(declared)) {
    const where = `agents/${services.agent}: tools.${name}`;
    const tool = await open(declaration, { name, where, services });
    if (tool !== undefined) opened.push(logged(tool, services));
  }
  const runnerOf = (builtIn: readonly Tool[]): ToolRunner =>
    new ToolRunner([...opened, ...builtIn], services.clock, services.language);
  const own = runnerOf([]);
  return {
    runner: (builtIn = []) => (builtIn.length === 0 ? own : runnerOf(builtIn)),
    missing: () => [],
    close: () => Promise.resolve(),
  };
}

async function open(declaration: ToolDeclaration, place: DeclaredPlace): Promise<Tool | undefined> {
  switch (declaration.kind) {
    case 'code':
      return openCodeTool(declaration, place);
    case 'http':
      return httpTool(declaration, place);
    default:
      return undefined;
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
