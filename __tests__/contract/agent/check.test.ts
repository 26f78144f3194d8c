import {
  agentWarnings,
  bearer,
  checkAgent,
  code,
  collect,
  defineAgent,
  endCall,
  handoff,
  http,
  knowledge,
  lambda,
  mcp,
  secret,
  transfer,
  z,
} from '../../../contract/agent';

const description = 'Does something.';
const day = z.object({ day: z.string() });
const slots = {
  description,
  url: 'https://api.clinic.example/slots/{day}',
  arguments: day,
  headers: { authorization: bearer(secret('CLINIC_KEY')) },
} as const;

const GOOD = defineAgent({
  prompt: 'You speak for a clinic. The patient is called {{patient}}.',
  greeting: 'Greet {{ patient }}.',
  voice: 'amy',
  language: 'en-GB',
  limits: { maxCallMinutes: 10 },
  variables: z.object({ patient: z.string() }),
  tools: {
    find_slot: http({ ...slots, url: 'https://api.clinic.example/{variables.patient}/slots?day={day}' }),
    book: lambda({
      description,
      function: 'book:live',
      arguments: day,
      confirm: 'Book {day}?',
      variables: ['patient'],
    }),
    look_up: knowledge(),
    records: mcp({ url: 'https://mcp.clinic.example/mcp', tools: { find: 'find-record' } }),
    own: code({
      description,
      arguments: day,
      hosts: ['db.clinic.example:5432'],
      load: () => Promise.reject(new Error()),
    }),
    pin: collect({ asks: 'your PIN', value: 'digits', length: [4, 6], isSecret: true }),
    bill: handoff({ description, to: 'billing' }),
    person: transfer({ to: { reception: { when: 'Anybody asks for a person.' } } }),
    end: endCall(),
  },
});

test('an agent with a tool of each kind has no problem', () => {
  expect(checkAgent('clinic', GOOD, { agents: ['clinic', 'billing'] })).toEqual([]);
  expect(checkAgent('clinic', {})).toEqual([]);
});

const withTool = (tool: unknown, name = 'one'): unknown => ({ tools: { [name]: tool } });

test.each<[string, unknown]>([
  ['the default export must be made by defineAgent', undefined],
  ['must not have propmt, which nothing reads', { propmt: 'x' }],
  ['language must be one that the model speaks: en-US', { language: 'nl-NL' }],
  ['voice must be one that speaks en-US', { voice: 'tina' }],
  ['limits.maxCallMinutes must be', { limits: { maxCallMinutes: 0 } }],
  ['prompt must name variables: {{patient}} is none', { prompt: 'For {{patient}}.' }],
  ['greeting must name variables: {{patient}} is none', { greeting: 'Hello {{patient}}' }],
  ['prompt must be 16384 bytes at most', { prompt: 'é'.repeat(8_193) }],
  ['variables must be a z.object', { variables: z.string() }],
  ['variables.a b must be named by letters', { variables: z.object({ 'a b': z.string() }) }],
  [
    'variables must be 32 at most',
    { variables: z.object(Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`v${at}`, z.string()]))) },
  ],
  ['tools.find-slot must be named by letters', withTool(endCall(), 'find-slot')],
  [
    'tools must be 10 at most',
    { tools: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`t${at}`, endCall()])) },
  ],
  [
    'tools.find must be there once',
    { tools: { find: endCall(), server: mcp({ url: 'https://m.example/mcp', tools: { find: 'find' } }) } },
  ],
  ['tools.one.url must begin with https://', withTool(http({ ...slots, url: 'http://api.clinic.example/{day}' }))],
  ['tools.one.url must have a host without placeholders', withTool(http({ ...slots, url: 'https://{day}.example/' }))],
  ['tools.one.url must have no user', withTool(http({ ...slots, url: 'https://a:b@clinic.example/' }))],
  ['tools.one.url must name arguments: {week} is none', withTool(http({ ...slots, url: 'https://c.example/{week}' }))],
  [
    "tools.one.url must name the agent's variables: id is none",
    withTool(http({ ...slots, url: 'https://c.example/{variables.id}' })),
  ],
  ['tools.one.query must name arguments: week is none', withTool({ ...http(slots), query: ['week'] })],
  ['tools.one.headers', withTool(http({ ...slots, headers: { 'x-a': 'one\r\nx-b: two' } }))],
  ["tools.one: the secret's name must be capital", withTool(http({ ...slots, headers: { a: secret('clinicKey') } }))],
  [
    'tools.one: the secret START_API_KEY must have',
    withTool(http({ ...slots, headers: { a: secret('START_API_KEY') } })),
  ],
  [
    'tools.one: the secret NODE_OPTIONS must have',
    withTool(http({ ...slots, headers: { a: secret('NODE_OPTIONS') } })),
  ],
  ['tools.one.timeoutMs must be', withTool(http({ ...slots, timeoutMs: 20_001 }))],
  ['tools.one.confirm must name arguments: {week} is none', withTool(http({ ...slots, confirm: 'In {week}?' }))],
  ['tools.one.confirm must be left out', withTool({ ...endCall(), confirm: 'Really?' })],
  ['tools.one.function must match', withTool(lambda({ description, function: 'a b' }))],
  ["tools.one.variables must name the agent's", withTool(lambda({ description, function: 'f', variables: ['id'] }))],
  ['tools.one.url must not have placeholders', withTool(mcp({ url: 'https://m.example/{day}', tools: { a: 'a' } }))],
  ['tools.one.source.folder must match', withTool(knowledge({ folder: '../secrets' }))],
  ['tools.one.passages must be', withTool(knowledge({ passages: 4 }))],
  ['tools.one.to must be an agent that there is', withTool(handoff({ description, to: 'nobody' }))],
  ['tools.one.to must be another agent', withTool(handoff({ description, to: 'clinic' }))],
  ['tools.one.to must name 1 to 16', withTool(transfer({ to: {} }))],
  ['tools.one.length must be left out', withTool(collect({ asks: 'it', value: 'date', length: 4 }))],
  ['tools.one.length must be [least, most]', withTool(collect({ asks: 'it', value: 'digits', length: [6, 4] }))],
  ['tools.one.isSecret must be left out', withTool(collect({ asks: 'it', value: 'name', isSecret: true }))],
])('says in a sentence: %s', (sentence, definition) => {
  const problems = checkAgent('clinic', definition, { agents: ['clinic', 'billing'] });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^agents\/clinic: /);
  expect(problems[0]).toContain(sentence);
});

test('a folder has a name that a task definition and a header can carry', () => {
  expect(checkAgent('My Clinic', {})[0]).toContain("its folder's name must be");
});

test('what is right and will disappoint is warned of', () => {
  const many = { tools: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`t${at}`, endCall()])) };
  expect(agentWarnings('clinic', many)[0]).toContain('tools are 9');
  expect(agentWarnings('clinic', { prompt: 'x'.repeat(12_289) })[0]).toContain('prompt and descriptions are');
  expect(agentWarnings('clinic', { voice: 'newvoice' })[0]).toContain('voice is none that is known');
  expect(agentWarnings('clinic', GOOD)).toEqual([
    'agents/clinic: tools are 9: a speech model chooses worse among more than 8',
  ]);
});
