import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasMoto, INSTALL_MOTO } from '../../fakes/aws';
import { ReleaseRehearsal } from './rehearsal';
import { isInstalled, missing, TERRAFORM } from '../../fakes/terraform';
import { namesOf } from '../../../stacks/names';
import { readSettings } from '../../../stacks/settings-file';

/*
 * `npm run rehearse:deploy`: a first release and several more, offline, each interrupted somewhere else and run again;
 * then what nobody interrupts: again, broken, back. A slice of it is in the tests (__tests__/e2e/release.test.ts).
 */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.log('usage: npm run rehearse:deploy    (releases of environments/test.json, offline; about three minutes)');
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
    for (const interruption of ReleaseRehearsal.INTERRUPTIONS) {
      const startedMs = performance.now();
      check(`interrupted ${interruption.name}, and run again`, await rehearsal.interrupted(interruption), startedMs);
    }
    for (const [name, act] of [
      ['run again on a finished release: nothing changes', () => rehearsal.again()],
      ['a release that does not start: ECS goes back', () => rehearsal.unhealthy()],
      ['a release beside old calls that go on: nobody waits for them', () => rehearsal.draining()],
      ['a release that cannot be called: rolled back, and the next plan shows it', () => rehearsal.broken()],
    ] as const) {
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
