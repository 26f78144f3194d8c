import { gatewaySignature, mcp, oauthClient, secret, z } from '../../../contract/agent';
import { ToolNetwork } from '../../../bot/tools';
import { OAuthToken } from '../../../bot/tools/mcp/oauth-token';
import { systemClock } from '../../../bot/time';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';
import { agentOf } from './support/agent-of';
import { atEndpoints } from './support/aws-fake';
import { json, localServer } from './support/local-server';
import { closeAfterwards, closeOpened, MCP_URL, mcpAgent, offerSlots } from './support/mcp-agent';
import { McpFake } from './support/mcp-fake';

afterEach(closeOpened);

describe('an MCP server that is not as it should be', () => {
  it.each([404, 410, 400])(
    'forgets its session (%i): a new one is made, and the request comes once more',
    async (unknownStatus) => {
      const { ask, fake } = await mcpAgent({}, { unknownStatus });
      expect((await ask('find_slot', { site: 'a' })).outcome).toBe('ok');
      fake.forget();
      expect((await ask('find_slot', { site: 'b' })).told).toMatchObject({ site: 'b' });
      expect(fake.opened).toBe(2);
    },
  );

  it('forgets its session: those who wait share one attempt', async () => {
    const { ask, fake } = await mcpAgent();
    fake.forget();
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((site) => ask('find_slot', { site })));
    expect(answers.map(({ told }) => told['site'])).toEqual(['a', 'b', 'c', 'd']);
    expect(fake.opened).toBe(2);
  });

  it('dies with an answer outstanding: the model is told, nothing is sent twice, and the next call goes on', async () => {
    let calls = 0;
    const { ask, fake } = await mcpAgent(
      { tools: { book: { tool: 'book', timeoutMs: 500 } } },
      {
        offer: (server) =>
          server.registerTool(
            'book',
            { description: 'Books.', inputSchema: z.object({ day: z.string() }) },
            ({ day }) => {
              calls += 1;
              if (day === 'Monday') {
                fake.die();
                return new Promise<never>(() => undefined);
              }
              return { content: [{ type: 'text', text: '{"booked":true}' }] };
            },
          ),
      },
    );
    const answer = await ask('book', { day: 'Monday' });
    expect(['tool_failed', 'tool_timed_out']).toContain(answer.outcome);
    expect(answer.mayHaveRun).toBe(true);
    expect(answer.told['next']).toContain('do not try again');
    expect(calls).toBe(1);
    expect((await ask('book', { day: 'Friday' })).told).toEqual({ booked: true });
  });

  it('changes its tools in the middle of a call: the call keeps what it had, and the next has the new', async () => {
    const { agent, ask, fake } = await mcpAgent({
      tools: { find_slot: 'slots.find', later: 'later' },
      isOptional: true,
    });
    const ofRunningCall = agent.runner();
    expect(ofRunningCall.describe().map(({ name }) => name)).toEqual(['find_slot']);
    expect(agent.missing()).toEqual(['The tool later is not available at the moment.']);
    const [session] = [...fake.sessions.values()];
    session?.server.registerTool('later', { description: 'New.' }, () => ({
      content: [{ type: 'text', text: 'new' }],
    }));
    while (!agent.runner().offers('later')) await new Promise((resolve) => setImmediate(resolve));
    expect(ofRunningCall.offers('later')).toBe(false);
    expect((await ask('later')).told).toEqual({ text: 'new' });
    expect(agent.missing()).toEqual([]);
  });

  it('has a schema that the model cannot be told of: that tool is left out by its name, and the others stay', async () => {
    const { agent, log } = await mcpAgent(
      { tools: { find_slot: 'slots.find', odd: 'odd' } },
      {
        offer: (server) => {
          offerSlots(server);
          server.registerTool('odd', { description: 'x', inputSchema: z.object({ a: z.never() }) }, () => ({
            content: [],
          }));
        },
      },
    );
    expect(
      agent
        .runner()
        .describe()
        .map(({ name }) => name),
    ).toEqual(['find_slot']);
    expect(agent.missing()).toEqual(['The tool odd is not available at the moment.']);
    expect(log.lines.join('')).toContain('its argument a');
  });

  it('is away: the agent does not start, and the error names agent, tool and host', async () => {
    const network = new ToolNetwork({
      clock: systemClock,
      hosts: [{ host: 'mcp.clinic.example', origin: 'http://127.0.0.1:9' }],
    });
    const tools = { clinic: mcp({ url: MCP_URL, tools: { find_slot: 'slots.find' } }) };
    await expect(agentOf(tools, { network })).rejects.toThrow(
      /^agents\/clinic: tools\.clinic: its MCP server mcp\.clinic\.example cannot be reached/,
    );
    const optional = await agentOf({ clinic: mcp({ ...tools.clinic, isOptional: true }) }, { network });
    expect(optional.agent.missing()).toEqual(['The tool find_slot is not available at the moment.']);
    expect((await optional.ask('find_slot')).outcome).toBe('tool_unknown');
    await optional.close();
  });

  it('has not what the agent names: it does not start', async () => {
    await expect(mcpAgent({ tools: { book: 'slots.book' } })).rejects.toThrow(
      'agents/clinic: tools.clinic.tools.book: the server has no tool slots.book',
    );
  });
});

describe('a server that speaks 2026-07-28', () => {
  const modern = { isModern: true };

  it('is asked without a session, and once which revision it speaks', async () => {
    const { ask, fake } = await mcpAgent({}, modern);
    expect((await ask('find_slot', { site: 'a' })).told['site']).toBe('a');
    expect((await ask('find_slot', { site: 'b' })).told['site']).toBe('b');
    expect(fake.opened).toBe(0);
    const calls = fake.requests.filter(({ method }) => method === 'tools/call');
    expect(calls.map(({ version, session }) => [version, session])).toEqual([
      ['2026-07-28', undefined],
      ['2026-07-28', undefined],
    ]);
    expect(fake.requests.filter(({ method }) => method === 'server/discover')).toHaveLength(1);
  });

  it('tells of changed tools', async () => {
    const offered = [offerSlots];
    const { agent, ask, fake } = await mcpAgent(
      { tools: { find_slot: 'slots.find', later: 'later' }, isOptional: true },
      { ...modern, offer: (server) => offered.forEach((offer) => offer(server)) },
    );
    expect(agent.runner().offers('later')).toBe(false);
    offered.push((server) =>
      server.registerTool('later', { description: 'New.' }, () => ({ content: [{ type: 'text', text: 'new' }] })),
    );
    await eventually(() => fake.requests.some(({ method }) => method === 'subscriptions/listen'), 'a listener');
    fake.toolsChanged();
    await eventually(() => agent.runner().offers('later'), 'the new tool');
    expect((await ask('later')).told).toEqual({ text: 'new' });
  });

  it('and then does not any more, or only now: the call goes on in the other', async () => {
    const { ask, fake } = await mcpAgent({}, modern);
    fake.downgrade();
    expect((await ask('find_slot', { site: 'b' })).told['site']).toBe('b');
    expect(fake.opened).toBe(1);
    fake.forget();
    fake.upgrade();
    expect((await ask('find_slot', { site: 'c' })).told['site']).toBe('c');
    expect(fake.requests.at(-1)?.version).toBe('2026-07-28');
  });
});

describe('how an MCP server is shown who asks', () => {
  const KEY = 'token-0123456789';

  it('by a bearer token', async () => {
    const { fake } = await mcpAgent({ access: { kind: 'bearer', token: secret('MCP_KEY') } }, {}, { MCP_KEY: KEY });
    expect(new Set(fake.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${KEY}`]));
  });

  it('by OAuth client credentials, whose secret goes to the issuer and nobody else', async () => {
    const login = await localServer(({ url }, response) => {
      if (url.startsWith('/.well-known/')) {
        json(response, {
          issuer: 'https://login.clinic.example',
          authorization_endpoint: 'https://login.clinic.example/authorize',
          token_endpoint: 'https://login.clinic.example/token',
          response_types_supported: ['code'],
          grant_types_supported: ['client_credentials'],
          token_endpoint_auth_methods_supported: ['client_secret_basic'],
        });
      } else json(response, { access_token: KEY, token_type: 'Bearer', expires_in: 3600 });
    });
    const fake = new McpFake({
      offer: offerSlots,
      gate: (request, response) => {
        if (request.url?.startsWith('/.well-known/oauth-protected-resource') === true) {
          json(response, { resource: MCP_URL, authorization_servers: ['https://login.clinic.example'] });
          return false;
        }
        if (request.headers.authorization === `Bearer ${KEY}`) return true;
        response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
        return false;
      },
    });
    closeAfterwards(login.close, () => fake.close());
    const hosts = [
      { host: 'mcp.clinic.example', origin: await fake.start() },
      { host: 'login.clinic.example', origin: login.origin },
    ];
    const network = new ToolNetwork({ clock: systemClock, hosts });
    const access = oauthClient({
      clientId: 'bot',
      clientSecret: secret('OAUTH'),
      issuer: 'https://login.clinic.example',
    });
    const tools = { clinic: mcp({ url: MCP_URL, tools: { find_slot: 'slots.find' }, access }) };
    const { ask, close } = await agentOf(tools, { network, secrets: { OAUTH: 'client-secret-1' } });
    closeAfterwards(close);
    expect((await ask('find_slot', { site: 'a' })).outcome).toBe('ok');
    const basic = `Basic ${Buffer.from('bot:client-secret-1').toString('base64')}`;
    expect(login.seen.filter(({ url }) => url === '/token').map(({ headers }) => headers.authorization)).toEqual([
      basic,
    ]);
    expect(JSON.stringify(fake.requests)).not.toContain('client-secret-1');
  });

  it('by a token of its own, which is asked for anew 60 s before it expires, once for all calls', async () => {
    const clock = new FakeClock();
    const client = { clientId: 'bot', clientSecret: 'client-secret-1', issuer: 'https://login.clinic.example' };
    let given = 0;
    let isAway = false;
    const fetchFn = async (url: string | URL): Promise<Response> => {
      if (String(url) === `${client.issuer}/token`) {
        await Promise.resolve();
        if (isAway) return Response.json({ error: 'server_error' }, { status: 500 });
        return Response.json({ access_token: `token-${(given += 1)}`, token_type: 'Bearer', expires_in: 3600 });
      }
      if (!String(url).startsWith(client.issuer)) {
        return Response.json({ resource: MCP_URL, authorization_servers: [client.issuer] });
      }
      return Response.json({
        issuer: client.issuer,
        authorization_endpoint: `${client.issuer}/authorize`,
        token_endpoint: `${client.issuer}/token`,
        response_types_supported: ['code'],
      });
    };
    const token = new OAuthToken(client, clock, await import('@modelcontextprotocol/client'));
    expect(await token.token()).toBeUndefined();
    const asked = { response: new Response(null, { status: 401 }), serverUrl: new URL(MCP_URL), fetchFn };
    await Promise.all([token.onUnauthorized(asked), token.onUnauthorized(asked)]);
    clock.advance(3_539_000);
    expect(await token.token()).toBe('token-1');
    clock.advance(1_001);
    isAway = true;
    expect(await token.token()).toBe('token-1');
    isAway = false;
    expect(await Promise.all([token.token(), token.token()])).toEqual(['token-2', 'token-2']);
    isAway = true;
    clock.advance(3_600_000);
    expect(await token.token()).toBeUndefined();
  });

  it("by the task's signature", async () => {
    const restore = atEndpoints({});
    try {
      const access = gatewaySignature('arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/clinic-abc');
      const { fake, ask } = await mcpAgent({ access });
      expect((await ask('find_slot', { site: 'a' })).outcome).toBe('ok');
      for (const { authorization } of fake.requests) {
        expect(authorization).toMatch(
          /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/bedrock-agentcore\/aws4_request/,
        );
      }
    } finally {
      restore();
    }
  });
});
