import type { CollectTool, EndCallTool, HandoffTool, StopRecordingTool, TransferTool } from './built-in-tools';
import type { CodeTool } from './code-tool';
import type { HttpTool } from './http-tool';
import type { KnowledgeTool } from './knowledge-tool';
import type { LambdaTool } from './lambda-tool';
import type { McpTools } from './mcp-tools';

/** Everything that can be declared under `tools`: a closed set. */
export type ToolDeclaration =
  | CodeTool
  | HttpTool
  | LambdaTool
  | McpTools
  | KnowledgeTool
  | EndCallTool
  | HandoffTool
  | TransferTool
  | CollectTool
  | StopRecordingTool;
