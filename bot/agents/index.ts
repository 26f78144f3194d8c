export { type AgentFiles, BUILT_IN_AGENTS, changingAgents } from './agent-files';
export { Agents } from './agents';
export type { AskedAgent, CallAgent, VariableGiver } from './call-agent';
export type { AgentServices } from './open';
