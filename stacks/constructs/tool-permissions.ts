import type { AgentNeeds } from '../../contract/agent';
import type { AwsStack } from '../aws-stack';
import type { Arns } from '../names';
import type { Statement } from '../policies';
import type { ToolEndpoint } from '../settings-network';

/** Whose tools: a stack's agents. */
type Users = Pick<AwsStack, 'agents' | 'arns'>;

/** How a kind of tool is reached in AWS: through which endpoint, by which one action, on what. */
interface AwsToolKind {
  readonly endpoint: ToolEndpoint;
  readonly sid: string;
  readonly action: string;
  readonly resources: (needs: AgentNeeds, arns: Arns) => readonly string[];
}

const KINDS: readonly AwsToolKind[] = [
  {
    endpoint: 'lambda',
    sid: 'InvokeFunctionsOfTools',
    action: 'lambda:InvokeFunction',
    resources: ({ functions }, arns) => functions.map((declared) => arns.lambdaFunction(declared)),
  },
  {
    endpoint: 'bedrock-agent-runtime',
    sid: 'AskKnowledgeBasesOfTools',
    action: 'bedrock:Retrieve',
    resources: ({ knowledgeBases }, arns) => knowledgeBases.map((id) => arns.knowledgeBase(id)),
  },
  {
    endpoint: 'bedrock-agentcore.gateway',
    sid: 'CallGatewaysOfTools',
    action: 'bedrock-agentcore:InvokeGateway',
    resources: ({ gateways }) => gateways,
  },
];

function statementFor({ sid, action, resources }: AwsToolKind, { agents, arns }: Users): Statement[] {
  const all = new Set(agents.flatMap(({ needs }) => resources(needs, arns)));
  return all.size === 0 ? [] : [{ sid, actions: [action], resources: [...all].sort() }];
}

/** Exactly the functions, knowledge bases and gateways that the agents' tools name, and for each one action. */
export const useTools = (users: Users): Statement[] => KINDS.flatMap((kind) => statementFor(kind, users));

/** What the tools use through one endpoint; nothing where no tool needs it. */
export const useToolsThrough = (endpoint: ToolEndpoint, users: Users): Statement[] =>
  KINDS.filter((kind) => kind.endpoint === endpoint).flatMap((kind) => statementFor(kind, users));
