import { AGENT_NAME, AGENT_NAME_RULE } from './agent-name';
import { CIDR_RULE, parseCidr, parseToolHost, TOOL_HOST_RULE } from './tool-network';
import { flag, integer, list, oneOf, text } from './variable-readers';
import { WAITING_CHOICES } from './waiting';

/* Who answers calls, and what their tools may do; a part of contract/variables.ts. */

/** Today's bot. */
const DEFAULT_AGENT = 'assistant';
const agentName = (raw: string): string | undefined => (AGENT_NAME.test(raw) ? raw : undefined);

/** A name, and where it leads. */
function destination(raw: string): { readonly name: string; readonly address: string } | undefined {
  const [, name, address] = /^([a-z][a-z0-9_-]{0,31})=(\S{1,256})$/.exec(raw) ?? [];
  return name === undefined || address === undefined ? undefined : { name, address };
}

/** Who answers, and whom calls may be given to. */
export const AGENT_VARIABLES = {
  answering: text('AGENT', AGENT_NAME_RULE, {
    pattern: AGENT_NAME,
    fallback: DEFAULT_AGENT,
    description: 'Who answers a call that names nobody: a folder in agents/.',
  }),
  served: list('AGENTS', `a list of names separated by commas, each ${AGENT_NAME_RULE}`, agentName, {
    defaultText: 'AGENT, and whom it can hand over to',
    description: 'Who may be asked for when a call is started; AGENT is one of them.',
  }),
  folder: text('AGENTS_FOLDER', 'the path of a folder', {
    defaultText: 'what the build put in',
    description:
      'For development: where `npm run dev` builds agents to, as NAME.cjs, with what is beside each in NAME/. What changes is read anew; secrets that are not set are made up, and MCP servers that are away done without. Refused where the bot runs on ECS.',
  }),
  showsToolCalls: flag('SHOW_TOOL_CALLS', {
    fallback: false,
    description: 'Whether clients are told the names, arguments and results of tools; for development.',
  }),
  destinations: list(
    'TRANSFER_DESTINATIONS',
    'a list such as reception=sip:desk@example.com,sales=tel:+4412345',
    destination,
    { defaultText: 'none', description: "Where the people are that agents' `transfer` tools name." },
  ),
};

/** What tools may do, whatever the agent. */
export const TOOL_VARIABLES = {
  callsPerTurn: integer('TOOL_CALLS_PER_TURN', {
    min: 1,
    max: 50,
    fallback: 8,
    description: 'How many tools the model may call before the caller is next heard; for one more it is told to speak.',
  }),
  waitingSound: oneOf('WAITING_SOUND', WAITING_CHOICES, {
    fallback: 'soft',
    description:
      'What a caller hears who waits for a tool when nobody has been heard for 1.5 s: a soft sound, a spoken notice, or nothing.',
  }),
  hosts: list('TOOL_HOSTS', TOOL_HOST_RULE, parseToolHost, {
    description:
      "For development: local servers in place of the hosts that agents' tools name. Refused where the bot runs on ECS.",
  }),
  mocks: text('TOOL_MOCKS', 'http://127.0.0.1:PORT', {
    pattern: /^http:\/\/127\.0\.0\.1:\d{1,5}$/,
    description:
      'For development: a local server that is asked first about each call of a declared tool, as `npm run eval` has one. Refused where the bot runs on ECS.',
  }),
  privateNetworks: list('TOOL_PRIVATE_NETWORKS', CIDR_RULE, parseCidr, {
    description:
      'Private networks that tools may connect to, besides the internet. Loopback and link-local addresses stay out of reach.',
  }),
};
