import {
  bearer,
  code,
  defineAgent,
  gatewaySignature,
  handoff,
  http,
  knowledge,
  lambda,
  loadAgents,
  mcp,
  secret,
  type ServedAgent,
  transfer,
  z,
} from '../../../contract/agent';

const ACCOUNT = '111111111111';
export const GATEWAY = `arn:aws:bedrock-agentcore:eu-north-1:${ACCOUNT}:gateway/desk-0123456789`;
export const ELSEWHERE = 'arn:aws:lambda:eu-west-1:222222222222:function:archive:live';

/** Agents with a tool of every kind that needs something. */
const AGENTS = {
  desk: defineAgent({
    tools: {
      find: http({
        description: 'Finds.',
        url: 'https://api.desk.example/find',
        headers: { authorization: bearer(secret('DESK_KEY')), 'x-plan': secret('SHARED_KEY') },
      }),
      look_up: code({
        description: 'Looks up.',
        arguments: z.object({}),
        load: () => Promise.reject(new Error('a tool is not loaded where stacks are synthesised')),
        hosts: ['db.desk.example:5432', 'cache.desk.example:5349'],
        secrets: ['DB_PASSWORD'],
      }),
      book: lambda({ description: 'Books.', function: 'desk-book:live' }),
      archive: lambda({ description: 'Archives.', function: ELSEWHERE }),
      pages: knowledge({ knowledgeBase: 'ABCDEFGHIJ' }),
      gateway: mcp({
        url: 'https://desk-0123456789.gateway.bedrock-agentcore.eu-north-1.amazonaws.com/mcp',
        access: gatewaySignature(GATEWAY),
        tools: { weather: 'desk___weather' },
      }),
      person: transfer({ to: { reception: { when: 'The caller asks for a person.' } } }),
      bills: handoff({ to: 'bills', description: 'Bills.' }),
    },
  }),
  bills: defineAgent({
    tools: {
      balance: http({
        description: 'Tells the balance.',
        url: 'https://bills.example:8443/balance',
        headers: { 'x-key': secret('BILLS_KEY'), 'x-plan': secret('SHARED_KEY') },
      }),
      book: lambda({ description: 'Books.', function: 'desk-book:live' }),
    },
  }),
  // Needs nothing.
  quiet: defineAgent({}),
};

export const served = (...names: (keyof typeof AGENTS)[]): Promise<readonly ServedAgent[]> =>
  loadAgents(names, (name) => Promise.resolve({ default: AGENTS[name as keyof typeof AGENTS] }));
