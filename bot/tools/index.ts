export { type AgentTools, openAgentTools } from './agent-tools';
export { ToolNetwork } from './network/tool-network';
export { indexFolder } from './knowledge/index-folder';
export { isHeardIn, judge } from './rules/agreement';
export { ToolLedger } from './rules/ledger';
export { defineTool, type Tool, ToolFailure } from './tool';
export { failure, type ToolAnswer, uncorrected } from './tool-answer';
export { type CallFacts, ToolRunner } from './tool-runner';
