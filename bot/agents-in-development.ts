import type { AgentServices } from './agents';

/**
 * Where agents are still being made, calls begin without what their tools will need: a secret that is not set is made up, and an
 * MCP server that is away is done without, of which the prompt says which tools are missing.
 */
export function inDevelopment(services: AgentServices): AgentServices {
  const told = new Set<string>();
  return {
    ...services,
    secrets: (names) => {
      const { values, missing } = services.secrets(names);
      for (const name of missing) {
        if (told.has(name)) continue;
        told.add(name);
        services.logger.warn(
          { name },
          "an agent's secret is not set: its tools send a made-up one (.env has room for it)",
        );
      }
      const madeUp = Object.fromEntries(missing.map((name) => [name, `no-${name}`]));
      return { values: { ...values, ...madeUp }, missing: [] };
    },
    openTools: (declared, about) => {
      const tools = Object.entries(declared).map(([name, tool]) => [
        name,
        tool.kind === 'mcp' ? { ...tool, isOptional: true } : tool,
      ]);
      return services.openTools(Object.fromEntries(tools) as typeof declared, about);
    },
  };
}
