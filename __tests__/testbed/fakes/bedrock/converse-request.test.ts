import { converseRequest } from '../../../../testbed/fakes/bedrock/converse-request';

const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const HI = { text: 'Hi.' };
const USE = { toolUse: { toolUseId: 'tooluse_1', name: 'end_call', input: {} } };
const RESULT = { toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'done' }] } };
const tool = (name: string): object => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } });
const TOOLS = { toolConfig: { tools: [tool('end_call')] } };

it.each<[string, object]>([
  ['one message', { messages: [user(HI)] }],
  ['a talk whose last word is the user’s', { messages: [user(HI), assistant(HI), user(HI)], ...TOOLS }],
  ['a tool that was used and answered', { messages: [user(HI), assistant(HI, USE), user(RESULT)], ...TOOLS }],
])('Converse takes %s', (_what, request) => {
  expect(converseRequest.safeParse(request).error?.issues).toBeUndefined();
});

it.each<[string, object, string]>([
  ['the assistant first', { messages: [assistant(HI), user(HI)] }, 'must start with a user message'],
  ['two messages of one role', { messages: [user(HI), user(HI)] }, 'must alternate between user and assistant'],
  ['the assistant last', { messages: [user(HI), assistant(HI)] }, 'must end with a user message'],
  ['blank text', { messages: [user({ text: ' ' })] }, 'is blank'],
  ['no content', { messages: [user()] }, 'expected array to have >=1 items'],
  ['a tool that is not answered', { messages: [user(HI), assistant(USE), user(HI)], ...TOOLS }, 'Expected toolResult'],
  ['an answer that nothing asked for', { messages: [user(RESULT)], ...TOOLS }, 'exceeds the number of toolUse blocks'],
  ['tools used without toolConfig', { messages: [user(HI), assistant(USE), user(RESULT)] }, 'toolConfig field must be'],
  ['an empty list of tools', { messages: [user(HI)], toolConfig: { tools: [] } }, 'expected array to have >=1 items'],
  ['a name with a space', { messages: [user(HI)], toolConfig: { tools: [tool('end call')] } }, 'Invalid string'],
  [
    'a choice that is no tool',
    { messages: [user(HI)], toolConfig: { tools: [tool('a')], toolChoice: { tool: { name: 'b' } } } },
    'names a tool that is not among the tools',
  ],
])('Converse refuses %s', (_what, request, why) => {
  expect(converseRequest.safeParse(request).error?.issues[0]?.message).toContain(why);
});
