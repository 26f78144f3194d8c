import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { START_KEY } from '../../../contract/secrets';
import { EXIT } from '../../../ops/cli/ops-error';
import type { Released, ReleaseRehearsal, ReleaseRunOptions } from './rehearsal';

/*
 * A canary release by the single commands of deploy.yml, each a step of a job: what the later ones do is decided by the
 * outputs of those before, as GitHub reads them. It goes on in an environment whose releases are canaries.
 */

interface Step extends Released {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A step as a job runs it. */
type Run = (command: string, options?: Partial<ReleaseRunOptions>) => Promise<Step>;

const unless = (isGood: boolean, what: string, { name, status, output }: Step): string[] =>
  isGood ? [] : [`${what}: ${name} ended with ${status}:\n${output}`];
const isGood = (step: Step): string[] => unless(step.status === EXIT.ok, 'it did not come through', step);

async function inJob(rehearsal: ReleaseRehearsal, act: (run: Run) => Promise<string[]>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'release-job-'));
  const GITHUB_OUTPUT = path.join(folder, 'output');
  const run: Run = async (name, options = {}) => {
    writeFileSync(GITHUB_OUTPUT, '');
    const env = { GITHUB_OUTPUT, ...options.env };
    const released = await rehearsal.release(`${name} --environment test`, { ...options, env });
    const lines = readFileSync(GITHUB_OUTPUT, 'utf8').split('\n').filter(Boolean);
    const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/).slice(0, 2) as [string, string]));
    return { ...released, name, outputs };
  };
  try {
    return await act(run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything up to the first share of the callers. */
async function upToWait(rehearsal: ReleaseRehearsal, run: Run): Promise<string[]> {
  rehearsal.newCommit();
  const images = [await run('image linux/arm64'), await run('image linux/amd64')];
  const digests = images.flatMap(({ outputs }) => Object.values(outputs));
  const published = await run('publish', { env: { IMAGE_DIGESTS: digests.join(' ') } });
  const { tag: IMAGE_TAG = '', digest: IMAGE_DIGEST = '' } = published.outputs;
  const plan = await run('plan service', { env: { IMAGE_TAG, IMAGE_DIGEST, NO_LOCK: 'true' } });
  const apply = await run('apply service', { env: { PLAN_SHA256: plan.outputs['sha256'] ?? '' } });
  return [...images, published, plan, apply, await run('wait')].flatMap(isGood);
}

/** Where releases replace tasks one after the other there is nothing to shift. */
export const rolling = (rehearsal: ReleaseRehearsal): Promise<string[]> =>
  inJob(rehearsal, async (run) => {
    const shift = await run('shift');
    return unless(
      shift.status === EXIT.ok && shift.output.includes('is not moved share by share here'),
      'rolling',
      shift,
    );
  });

/** The judge has a wrong key; then he has the right one; Ctrl-C while traffic is moved; and once more. */
export const stepByStep = (rehearsal: ReleaseRehearsal): Promise<string[]> =>
  inJob(rehearsal, async (run) => {
    const problems = await upToWait(rehearsal, run);
    const wrong = await run('smoke', { env: { [START_KEY]: 'a-key-that-nobody-knows-0123456789' } });
    const right = await run('smoke');
    const stopped = await run('shift', { interruptAt: 'traffic is moved', env: { RELEASE_POLL_SECONDS: '60' } });
    const shift = await run('shift');
    return [
      ...problems,
      ...unless(
        wrong.status === EXIT.inconclusive && wrong.outputs['verdict'] === 'inconclusive',
        'a wrong key',
        wrong,
      ),
      ...isGood(right),
      ...unless(
        stopped.status === EXIT.interrupted && stopped.output.includes('release shift --environment test'),
        'Ctrl-C',
        stopped,
      ),
      ...unless(shift.status === EXIT.ok && shift.output.includes('every new call meets'), 'to its end', shift),
      ...(await rehearsal.problemsOfEnd()),
    ];
  });

/** An alarm rings while traffic is moved: `shift` says so, and the step that takes it back finds it done. */
export const alarming = (rehearsal: ReleaseRehearsal): Promise<string[]> =>
  inJob(rehearsal, async (run) => {
    const { rollouts } = rehearsal.environment;
    const before = rollouts.taskDefinition;
    rollouts.tasks = 'alarming';
    const problems = await upToWait(rehearsal, run);
    const smoke = await run('smoke');
    const shift = await run('shift');
    const rollback = await run('rollback');
    rollouts.tasks = 'healthy';
    return [
      ...problems,
      ...isGood(smoke),
      ...unless(shift.status === EXIT.failed && shift.outputs['verdict'] === 'failed', 'an alarm', shift),
      ...isGood(rollback),
      ...(rollouts.taskDefinition === before ? [] : ['the service does not run what it did before']),
    ];
  });
