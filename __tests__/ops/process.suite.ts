import { execFileSync } from 'node:child_process';
import type { TestAws } from './support/aws';
import { Child } from './support/child';
import { AwsFixture } from './support/aws-fixture';
import { Project } from './support/project';
import { leaksIn, SECRETS } from './support/values';

const DAILY = 'pipecat/daily-api-key';
const START = 'pipecat/start-api-key';

/* What only real processes can show: signals, exit codes, and what `ps` sees. */
export function processSuite(aws: () => TestAws): void {
  describe('the commands as processes', () => {
    let project: Project;
    let fixture: AwsFixture;

    beforeEach(() => {
      project = new Project();
      fixture = new AwsFixture(aws().motoUrl);
      project.env({ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey });
    });
    afterEach(async () => {
      await aws().reset();
      fixture.close();
      project.remove();
    });

    it.each([
      ['npm run ops', Child.script],
      ['the bin', Child.bin],
    ])(
      'Ctrl-C during a write (%s): the write is finished, the next is not begun, one line says so',
      async (_title, start) => {
        await fixture.put(DAILY, { DAILY_API_KEY: 'old', OTHER: 'kept' });
        const hold = aws().sandbox.hold('secretsmanager:PutSecretValue');
        const child = start('secrets setup', project.folder);
        await hold.arrived;
        const processes = execFileSync('ps', ['-eww', '-o', 'args=']).toString();
        expect(processes).toContain('secrets setup');
        expect(leaksIn(processes)).toEqual([]);
        child.interrupt();
        // What comes now finds the process already told to stop.
        setTimeout(hold.release, 100);
        const { code, stdout, stderr } = await child.result;
        expect(stderr.split('\n')).toEqual([
          expect.stringMatching(
            /^secrets setup interrupted: Done: pipecat\/daily-api-key written \(version [0-9a-f-]{36}\)\. Not touched: pipecat\/start-api-key\.$/,
          ),
          '→ Run the same command again: it goes on where it stopped.',
          '',
        ]);
        expect(stdout).toBe('');
        expect(code).toBe(130);
        expect(await fixture.get(DAILY)).toMatchObject({ DAILY_API_KEY: SECRETS.dailyKey, OTHER: 'kept' });
        await expect(fixture.get(START)).rejects.toThrow(/can't find/);
      },
    );

    it('Ctrl-C before anything is written changes nothing', async () => {
      const hold = aws().sandbox.hold('secretsmanager:DescribeSecret');
      const child = Child.bin('secrets setup', project.folder);
      await hold.arrived;
      child.interrupt();
      const { code, stderr } = await child.result;
      hold.release();
      expect(stderr).toBe('secrets setup interrupted: Nothing was changed.\n');
      expect(code).toBe(130);
      await expect(fixture.get(DAILY)).rejects.toThrow(/can't find/);
    });
  });
}
