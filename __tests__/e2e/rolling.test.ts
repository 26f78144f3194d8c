import { releaseWebRtc } from '../support/release-webrtc';
import { buildBot } from '../../testbed/processes/build-bot';
import { rollingReplacement } from '../../testbed/programs/rehearse-rolling/rolling';

/* More of it: npm run rehearse:rolling -- --tasks 3 --calls 12 */
describe('a release while people are talking', () => {
  afterAll(() => releaseWebRtc());

  it('drops no call and refuses none; old tasks go by themselves when their callers have hung up', async () => {
    await buildBot();
    const lines: string[] = [];
    const result = await rollingReplacement({
      tasks: 2,
      callsPerTask: 2,
      callsBefore: 3,
      callsDuring: 3,
      say: (line) => lines.push(line),
    });
    expect({ ...result, lines }).toMatchObject({ refused: 0, dropped: 0, killed: 0, exitCodes: [0, 0] });
    expect([result.takenByNew, result.takenByOld]).toEqual([3, 0]);
    expect(result.starts.get(200)).toBe(6);
    expect(result.starts.get(503) ?? 0).toBe(0);
  }, 90_000);
});
