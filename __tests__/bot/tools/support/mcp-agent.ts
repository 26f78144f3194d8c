import type { McpServer } from '@modelcontextprotocol/server';
import { mcp, z } from '../../../../contract/agent';
import { ToolNetwork } from '../../../../bot/tools';
import { systemClock } from '../../../../bot/time';
import { agentOf } from './agent-of';
import { McpFake, type McpFakeOptions } from './mcp-fake';

export const MCP_URL = 'https://mcp.clinic.example/mcp';

const opened: (() => Promise<void>)[] = [];

/** Closes `close`s in the order in which they were last named: an agent goes before the server that it asks. */
export function closeAfterwards(...close: (() => Promise<void>)[]): void {
  opened.unshift(...close);
}

/** After each test: closes what it opened. */
export async function closeOpened(): Promise<void> {
  for (const close of opened.splice(0)) await close();
}

export function offerSlots(server: McpServer): void {
  server.registerTool(
    'slots.find',
    { description: 'Finds slots.', inputSchema: z.object({ day: z.string().default('Monday'), site: z.string() }) },
    ({ day, site }) => ({ content: [{ type: 'text', text: JSON.stringify({ day, site, slots: ['10:00'] }) }] }),
  );
}

/** An agent whose only tool server is a stand-in, which offers a clinic's free slots unless `options` say otherwise. */
export async function mcpAgent(
  declared: Partial<Parameters<typeof mcp>[0]> = {},
  options: Partial<McpFakeOptions> = {},
  secrets: Readonly<Record<string, string>> = {},
) {
  const fake = new McpFake({ offer: offerSlots, ...options });
  const origin = await fake.start();
  closeAfterwards(() => fake.close());
  const network = new ToolNetwork({ clock: systemClock, hosts: [{ host: 'mcp.clinic.example', origin }] });
  const tools = { clinic: mcp({ url: MCP_URL, tools: { find_slot: 'slots.find' }, ...declared }) };
  const agent = await agentOf(tools, { network, secrets });
  closeAfterwards(agent.close);
  return { ...agent, fake };
}
