import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasMoto, INSTALL_MOTO } from '../../fakes/aws';
import * as moving from './moving';
import { ReleaseRehearsal } from './rehearsal';
import * as workflow from './workflow';
import { isInstalled, missing, TERRAFORM } from '../../fakes/terraform';
import { namesOf } from '../../../stacks/names';
import { readSettings } from '../../../stacks/settings-file';

/** What is rehearsed, and what it leads to that is not as it must be. */
type Rehearsed = readonly [name: string, act: () => Promise<string[]>];

/*
 * `npm run rehearse:deploy`: a first release and several more, offline, each interrupted somewhere else and run again;
 * then what nobody interrupts: again, broken, back. A slice of it is in the tests (__tests__/e2e/release.slow.test.ts).
 */
async function main(args: readonly string[]): Promise<number> {
  const isMovingOnly = args.length === 1 && args[0] === '--moving';
  if (args.length > 0 && !isMovingOnly) {
    console.log(`usage: npm run rehearse:deploy [-- --moving]
Releases of environments/test.json, offline; about four minutes. --moving: only those whose traffic is moved share by share.`);
    return args[0] === '--help' ? 0 : 2;
  }
  if (!isInstalled(TERRAFORM) || !hasMoto()) {
    console.error(isInstalled(TERRAFORM) ? `moto_server is not on PATH: ${INSTALL_MOTO}` : missing(TERRAFORM));
    return 2;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'rehearse-deploy-'));
  const [settings] = readSettings('environments', {}, 'test');
  if (settings === undefined) throw new Error('there are no settings for test');
  const { stateBucket, repository } = namesOf(settings);
  const rehearsal = await ReleaseRehearsal.start({
    folder,
    environmentsFolder: 'environments',
    accountId: settings.accountId,
    stateBucket,
    repository,
  });
  let failures = 0;
  const check = (what: string, problems: readonly string[], startedMs: number): void => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok      ' : 'PROBLEM '} ${seconds.padStart(5)} s  ${what}`);
    for (const problem of problems) console.error(problem);
    failures += problems.length;
  };
  try {
    for (const interruption of isMovingOnly ? [] : ReleaseRehearsal.INTERRUPTIONS) {
      const startedMs = performance.now();
      check(`interrupted ${interruption.name}, and run again`, await rehearsal.interrupted(interruption), startedMs);
    }
    const rolling: Rehearsed[] = [
      ['run again on a finished release: nothing changes', () => rehearsal.again()],
      ['a plan that is applied twice: the second time it is there already', () => rehearsal.appliedTwice()],
      ['a release that does not start: ECS goes back', () => rehearsal.unhealthy()],
      ['a release beside old calls that go on: nobody waits for them', () => rehearsal.draining()],
      ['a release called with a wrong key: nothing is taken back', () => rehearsal.misjudged()],
      ['a release that does not talk: rolled back, and the next plan shows it', () => rehearsal.broken()],
    ];
    const moved: Rehearsed[] = [
      ['release shift, where there is nothing to move', () => workflow.rolling(rehearsal)],
      ['a canary, from rolling on: smoke call, then every caller', () => moving.canary(rehearsal)],
      ['a canary called with a wrong key: nothing is taken back', () => rehearsal.misjudged()],
      ['a canary that does not talk: its traffic goes back', () => moving.badCanary(rehearsal)],
      ['a canary that makes an alarm ring: ECS takes it back', () => moving.alarmingCanary(rehearsal)],
      [
        'a canary by the single commands: a wrong key, then a right one; Ctrl-C in shift, then on',
        () => workflow.stepByStep(rehearsal),
      ],
      ['a canary by the single commands, with an alarm: shift says so', () => workflow.alarming(rehearsal)],
      ['a session that expires while old calls go on: nothing is taken back', () => moving.expired(rehearsal)],
      ['an internal load balancer: a task of the image calls', () => moving.internal(rehearsal)],
      ['what nobody has touched: no drift', () => moving.drift(rehearsal)],
    ];
    const first: Rehearsed = ['a first release', () => moving.first(rehearsal)];
    for (const [name, act] of [...(isMovingOnly ? [first] : rolling), ...moved]) {
      const startedMs = performance.now();
      check(name, await act(), startedMs);
    }
  } finally {
    await rehearsal.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(failures === 0 ? 'The release is rehearsed.' : `${failures} problem(s).`);
  return failures === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
