import { DailyRest } from '../../../../testbed/fakes/daily/rest';

describe("Daily's REST API on loopback", () => {
  let rest: DailyRest;
  beforeAll(async () => {
    rest = await DailyRest.start({ apiKeys: ['good-key'] });
  });
  afterAll(() => rest.close());
  const get = async (path: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${rest.url}${path}`, { headers });
    return [response.status, ((await response.json()) as { error?: string }).error];
  };

  it('knows its keys', async () => {
    expect(await get('/rooms?limit=1', 'Bearer good-key')).toEqual([200, undefined]);
    expect(await get('/rooms', 'Bearer bad-key')).toEqual([401, 'authentication-error']);
  });

  it.each([[undefined], ['good-key'], ['Basic good-key'], ['Bearer '], ['Bearer good-key twice']])(
    'refuses a header that is not as documented: %s',
    async (authorization) => expect(await get('/rooms', authorization)).toEqual([400, 'authorization-header-error']),
  );

  it('refuses what it does not have', async () => {
    expect(await get('/nothing', 'Bearer good-key')).toEqual([404, 'not-found']);
    expect(await get('/rooms?limit=1000', 'Bearer good-key')).toEqual([400, 'invalid-request-error']);
  });
});
