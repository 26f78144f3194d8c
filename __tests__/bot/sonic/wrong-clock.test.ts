import { FAKE_CREDENTIALS } from '../../../testbed/fakes/bedrock/server';
import { BedrockEnvironment } from './support/environment';

const MINUTE_MS = 60_000;

/** A bot whose clock is off by so many minutes, as AWS sees it. */
async function offBy(minutes: number, talk: (environment: BedrockEnvironment) => Promise<void>): Promise<void> {
  const sandbox = { clockAheadMs: minutes * MINUTE_MS, speechScale: 8 };
  const environment = await BedrockEnvironment.start({ sandbox });
  try {
    await talk(environment);
    await environment.expectNothingLeft();
  } finally {
    await environment.close();
  }
}

describe('a machine whose clock is wrong at its first call', () => {
  it.each([6, -6, 90])('S2: by %i minutes: asks once more by the service’s clock, and talks', (minutes) =>
    offBy(minutes, async (environment) => {
      const { session, events } = await environment.open();
      expect(environment.model.counters.get('streamsOpened')).toBe(2);
      session.sendText('Say exactly: "On time."');
      await events.waitFor('turn ended');
      await session.close();
      expect(events.lines).toContain('speculative: On time.');
      expect(events.ends).toEqual([{ kind: 'closed' }]);
      expect(environment.sandbox.sessions.map(({ violations }) => violations)).toEqual([[]]);
    }),
  );

  it('S2: calls that begin at the same moment are all taken, and later ones at once', () =>
    offBy(6, async (environment) => {
      const opened = await Promise.all([environment.open(), environment.open(), environment.open()]);
      expect(environment.model.counters.get('streamsOpened')).toBe(6);
      await environment.open();
      expect(environment.model.counters.get('streamsOpened')).toBe(7);
      expect(opened.flatMap(({ events }) => events.ends)).toEqual([]);
    }));

  it('S2: by less than AWS minds: nobody notices', () =>
    offBy(3, async (environment) => {
      await environment.open();
      expect(environment.model.counters.get('streamsOpened')).toBe(1);
    }));

  it('S2: a wrong secret stays wrong whatever the time, and is asked about once', async () => {
    const credentials = () => Promise.resolve({ ...FAKE_CREDENTIALS, secretAccessKey: 'another' });
    const environment = await BedrockEnvironment.start({ client: { credentials } });
    await expect(environment.open()).rejects.toMatchObject({ code: 'model_access_denied' });
    expect(environment.model.counters.get('streamsOpened')).toBe(1);
    await environment.expectNothingLeft();
    await environment.close();
  });
});
