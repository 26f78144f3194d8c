import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { Context } from '../../../ops/cli/context';
import { FlagValues } from '../../../ops/cli/flags';
import { Redactor } from '../../../contract/redactor';
import { readLock } from '../../../ops/state/held-lock';
import { lockedTerraform } from '../../../ops/state/locked-terraform';
import { RunRecord } from '../../../ops/state/run-record';
import type { TestAws } from '../support/aws';
import { AwsFixture } from '../support/aws-fixture';
import { ops } from '../support/cli';
import { Project } from '../support/project';

const UNLOCK = 'npm run ops -- state unlock --environment test --region eu-north-1 --stack foundation --id i';

/* The lock that a state has while terraform works on it, and who sees to one that nobody holds any more. */
export function stateLockSuite(aws: () => TestAws): void {
  describe('the lock of a state', () => {
    let project: Project;
    let fixture: AwsFixture;
    let context: Context;
    let said: string[];

    beforeEach(async () => {
      project = new Project();
      mkdirSync(project.path('bin'));
      said = [];
      fixture = new AwsFixture(aws().motoUrl);
      await fixture.stateBucket();
      const none = (): void => undefined;
      const io = { env: {}, folder: project.folder, signal: new AbortController().signal, stdout: none, stderr: none };
      const flags = new FlagValues([['environment', 'test']]);
      context = new Context(io, flags, new Redactor(), (line) => said.push(line), none, none);
    });
    afterEach(async () => {
      context.close();
      fixture.close();
      await aws().reset();
      project.remove();
    });

    /** Runs a plan whose terraform is this script. */
    const plan = (script: string) => {
      project.write('bin/terraform', `#!/bin/sh\n${script}\n`);
      chmodSync(project.path('bin/terraform'), 0o755);
      const env = { PATH: `${project.path('bin')}:${process.env['PATH'] ?? ''}` };
      const { signal } = context.io;
      return lockedTerraform(['plan'], { cwd: project.folder, env, signal, context, stack: 'foundation' });
    };
    const holder = async (): Promise<string | undefined> => (await readLock(context, 'foundation'))?.id;
    const KILLED = 'echo "aws_vpc.vpc: Refreshing state... [id=1]"; kill -9 $$';

    it('U4: is waited for, and whose it is, for how long, and what to type where he is gone is told', async () => {
      await fixture.lock('foundation', 'me@laptop');
      await plan('echo "Acquiring state lock. This may take a few moments..."');
      expect(said.join()).toMatch(
        /^waiting up to five minutes for the lock of the state, held by me@laptop, who began to apply \d+ \w+ ago \(2026-11-27T17:00:00Z\)\. /,
      );
      expect(said.join()).toContain(UNLOCK);
      expect([await holder(), existsSync(project.path('terraform-run.json'))]).toEqual(['i', false]);
    });

    it('U4: is taken over from a run that was killed here with all its processes, and from no other', async () => {
      await fixture.lock('foundation', 'me@laptop');
      expect((await plan(KILLED)).wasKilled).toBe(true);
      expect(await holder()).toBe('i');
      await plan('true');
      expect(await holder()).toBeUndefined();
      expect(said.join()).toContain('left by a run from here that was killed: me@laptop, who began to apply');

      await plan(KILLED);
      await fixture.lock('foundation', 'ben@laptop', 'of-another');
      await plan('true');
      expect(await holder()).toBe('of-another');
    });

    it('U4: is left to a run that may still be at work', async () => {
      await fixture.lock('foundation', 'me@laptop');
      new RunRecord(project.folder).begin(process.pid, 'i');
      await plan('true');
      expect(await holder()).toBe('i');
      expect(said.join()).toContain(`may still be at work (process ${process.pid})`);
    });

    it('U4: is removed by its ID, which no other lock has', async () => {
      const unlock = (id: string) =>
        ops(`state unlock --environment test --stack foundation --id ${id} --json`, { folder: project.folder });
      await fixture.lock('foundation', 'me@laptop');
      const { json } = await unlock('j');
      expect(json.error).toMatchObject({ code: 'refused', fix: expect.stringContaining(UNLOCK) as string });
      expect(await holder()).toBe('i');
      expect((await unlock('i')).json.findings).toMatchObject([{ status: 'changed', subject: 'test-foundation' }]);
      expect((await unlock('i')).json.findings).toMatchObject([{ status: 'ok', text: 'nobody holds its lock' }]);
    });
  });
}
