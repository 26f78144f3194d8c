import type { SecretReference } from './secret';
import type { ToolRules } from './tool-rules';

/** How an MCP server is shown who asks. */
export type McpAccess =
  | { readonly kind: 'bearer'; readonly token: SecretReference }
  | {
      readonly kind: 'oauth-client';
      readonly clientId: string;
      readonly clientSecret: SecretReference;
      /** The authorization server, as in `https://login.clinic.example`: no other is sent the secret. */
      readonly issuer: string;
      readonly scope?: string;
    }
  /** Signed by the task's role, for a gateway of Bedrock AgentCore. */
  | { readonly kind: 'aws-signature'; readonly gatewayArn: string };

/** A server's tool as the agent offers it. */
export interface OfferedMcpTool extends Partial<ToolRules> {
  /** The server's own name for it. */
  readonly tool: string;
  /** Arguments that are always the same, and hidden from the model. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /**
   * `sha256-…` of what the model is told of it, which the bot's log names: said otherwise, it is not offered. Left out: it is as it
   * was when the bot started.
   */
  readonly pin?: string;
}

/** Tools of an MCP server (Streamable HTTP). */
export interface McpTools {
  readonly kind: 'mcp';
  /** `https://mcp.clinic.example/mcp` */
  readonly url: string;
  readonly access?: McpAccess;
  /** The only tools that are offered: the model's name for each → the server's name, or more about it. */
  readonly tools: Readonly<Record<string, string | OfferedMcpTool>>;
  /** Whether the bot does without the server, and the prompt says what is missing. Default: it does not start. */
  readonly isOptional?: boolean;
  /** Whether the server may change what it says of its tools while the bot runs; those with a `pin` stay as pinned. */
  readonly acceptsChanges?: boolean;
}

/** Tools that an MCP server has. */
export const mcp = (tools: Omit<McpTools, 'kind'>): McpTools => ({ ...tools, kind: 'mcp' });

/** OAuth 2 client credentials, of an authorization server and no other. */
export const oauthClient = (client: {
  readonly clientId: string;
  readonly clientSecret: SecretReference;
  readonly issuer: string;
  readonly scope?: string;
}): McpAccess => ({
  ...client,
  kind: 'oauth-client',
});

/** The task's own role signs; there is no secret. */
export const gatewaySignature = (gatewayArn: string): McpAccess => ({ kind: 'aws-signature', gatewayArn });
