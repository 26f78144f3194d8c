import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ReleaseRehearsal } from '../../testbed/programs/rehearse-deploy/rehearsal';
import { REHEARSAL_START_KEY } from '../../testbed/programs/rehearse-deploy/bots';
import { describeWith } from '../testbed/fakes/terraform/support';

/*
 * A release from an empty account on, offline, by the command that people type and whose parts the workflows run: real
 * terraform with its states and locks in an emulated S3, a provider that knows schemas only, Docker without a daemon, and
 * a real bot that is really called. `npm run rehearse:deploy` stops it at every step; here it is the hardest one.
 */
describeWith('terraform', 'moto')('ops release deploy', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'release-test-'));
  let rehearsal: ReleaseRehearsal;

  beforeAll(async () => {
    rehearsal = await ReleaseRehearsal.start({
      folder,
      environmentsFolder: '__tests__/stacks/support/environments',
      accountId: '111111111111',
      stateBucket: 'pipecat-voice-agent-test-state-111111111111',
      repository: 'pipecat-voice-agent-test',
    });
  });
  afterAll(async () => {
    await rehearsal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on where it was stopped, even in the middle of applying', async () => {
    const applying = ReleaseRehearsal.INTERRUPTIONS.find(({ name }) => name === 'while the plan is applied');
    expect(await rehearsal.interrupted(applying!)).toEqual([]);
    expect(rehearsal.released.at(-1)?.output).toMatch(/a call was greeted after \d+ ms and answered after \d+ ms/);
  }, 120_000);

  it('changes nothing when it is run again', async () => {
    expect(await rehearsal.again()).toEqual([]);
  });

  it('leaves a release that does not start to ECS, which goes back', async () => {
    expect(await rehearsal.unhealthy()).toEqual([]);
  });

  it('applies no other plan than the one that was reviewed', async () => {
    const { status, output } = await rehearsal.release('apply service --environment test', {
      env: { PLAN_SHA256: '0'.repeat(64) },
    });
    expect(output).toContain('the plan is not the one that was reviewed');
    expect(status).toBe(1);
  });

  it('leaves no secret in what it prints, keeps, stores, or tells Docker on its command line', async () => {
    const { environment, released } = rehearsal;
    const kept = readdirSync(environment.env['RELEASE_FOLDER']!, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
    const states = await Promise.all(['foundation', 'service'].map((stack) => environment.state(stack)));
    const commands = environment.dockerCommands;
    const texts = [...kept, ...released.map(({ output }) => output), ...states, JSON.stringify(commands)];
    expect(texts.length).toBeGreaterThan(10);
    // The last is the emulator's password for its registry.
    for (const secret of [REHEARSAL_START_KEY, environment.env['AWS_SECRET_ACCESS_KEY']!, '111111111111-auth-token']) {
      expect(texts.filter((text) => text!.includes(secret))).toEqual([]);
    }
    expect(commands.find(([command]) => command === 'login')).toEqual([
      'login',
      '--username=AWS',
      '--password-stdin',
      '111111111111.dkr.ecr.eu-north-1.amazonaws.com',
    ]);
  });
});
