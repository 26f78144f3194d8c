/*
 * What an agent's folder may import: `agents/<name>/agent.ts` is written with these names and no others.
 */
export { z } from 'zod';
export type { ConsentMode, RecordLevel, RecordsRule } from '../call-record';
export { type AgentDefinition, type AnyAgent, defineAgent, type Limits, type Variables } from './definition';
export { bearer, type HeaderValue, secret, type SecretReference, type SecretText } from './secret';
export { code, type CodeTool, type ToolContext, type ToolFunction } from './code-tool';
export { http, type HttpTool } from './http-tool';
export { knowledge, type KnowledgeSource, type KnowledgeTool } from './knowledge-tool';
export { lambda, type LambdaTool } from './lambda-tool';
export { gatewaySignature, mcp, type McpAccess, type McpTools, oauthClient, type OfferedMcpTool } from './mcp-tools';
export {
  collect,
  type CollectedValue,
  type CollectTool,
  type Destination,
  endCall,
  type EndCallTool,
  handoff,
  type HandoffTool,
  stopRecording,
  type StopRecordingTool,
  transfer,
  type TransferTool,
} from './built-in-tools';
export type { Meanwhile, ToolRules } from './tool-rules';
export { fromBrowser, type Giver, giverOf } from './variables';
export { type AgentNeeds, needsOf } from './needs';
export { agentWarnings, checkAgent, type CheckedAgainst, DEFAULT_LANGUAGE } from './check';
export { argumentsNamedIn, variablesNamedIn } from './placeholders';
export type { ToolDeclaration } from './tool-declaration';
export { isToolError, ToolError } from './tool-error';
export { AGENT_NAME, AGENT_NAME_RULE } from '../agent-name';
export { AgentsError, loadAgents, type Loading, type ServedAgent } from './load';
export { KNOWLEDGE_ENDINGS, MAX_KNOWLEDGE_FILE_BYTES } from './knowledge-files';
export { whyNotLoaded } from './why-not-loaded';
