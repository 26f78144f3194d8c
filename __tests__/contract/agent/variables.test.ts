import { fromBrowser, giverOf, z } from '../../../contract/agent';

describe('who may set a variable', () => {
  it.each([
    ['a server, unless it is said otherwise', z.string(), 'server'],
    ['a browser where it is said', fromBrowser(z.string().max(60)), 'browser'],
    ['the same where it may be left out', fromBrowser(z.string()).optional(), 'browser'],
    ['the same where it has a default', fromBrowser(z.string()).nullable().default('x'), 'browser'],
    ['a server where a default is all that is said', z.string().default('x'), 'server'],
  ])('%s', (_, schema, giver) => expect(giverOf(schema)).toBe(giver));
});
