import { smokeTest } from '../../../ops/release/smoke';
import { parseSettings } from '../../../stacks/settings-file';
import { freePort } from '../../support/free-port';

describe('a smoke call of a release that nobody outside can reach', () => {
  const context = (loadBalancer: object) => ({
    settings: parseSettings(
      'test.json',
      JSON.stringify({ environment: 'test', accountId: '111111111111', loadBalancer, image: { tag: '1' } }),
    ),
    io: {
      folder: '.',
      env: {},
      signal: new AbortController().signal,
      stdout: () => undefined,
      stderr: () => undefined,
    },
    progress: () => undefined,
  });

  it.each([
    ['an internal load balancer', { allowPlainHttp: true, internal: true }],
    ['a load balancer for some ranges only', { allowPlainHttp: true, allowedCidrs: ['198.51.100.0/24'] }],
  ])('A9: is no failure of it, for %s, and says where to call from', async (_what, loadBalancer) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(smokeTest(context(loadBalancer), { url, version: '1', withinMs: 0 })).resolves.toEqual({
      isCalled: false,
      text: `not called: only its own network reaches ${url}; npm run ops -- release smoke --here --environment test, from a machine inside it, calls it`,
    });
  });

  it('A9: is a failure where everybody can reach it', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(
      smokeTest(context({ allowPlainHttp: true }), { url, version: '1', withinMs: 0 }),
    ).rejects.toMatchObject({ code: 'bot_failed' });
  });
});
