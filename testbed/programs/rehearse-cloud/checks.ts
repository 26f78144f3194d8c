import type { EmulatedAccount } from './account';
import { CloudRehearsal, type Problems } from './rehearsal';
import { ALL_STOPS, DIRECT_STOPS, nameOf, SOME_STOPS } from './stops';

export interface Check {
  readonly name: string;
  readonly act: () => Promise<Problems>;
  /** Of minutes: for `--all` alone. */
  readonly isLong?: boolean;
}

/** In order: each finds what those before it have left. @param isAll which places it is stopped at */
export function checksOf(account: EmulatedAccount, commit: string, isAll: boolean): readonly Check[] {
  const rehearsal = new CloudRehearsal(account, commit);
  return [
    ...(isAll ? ALL_STOPS : SOME_STOPS).map((stop) => ({ name: nameOf(stop), act: () => rehearsal.stopped(stop) })),
    { name: 'run to its end: a spoken call, one of everything, nothing locked', act: () => rehearsal.complete() },
    { name: 'run again: nothing is written', act: () => rehearsal.again() },
    {
      name: 'killed with all its processes while it applies: its lock is taken over',
      act: () => rehearsal.killedWhole(),
      isLong: true,
    },
    { name: 'two at once: one waits for the other', act: () => rehearsal.twoAtOnce(), isLong: true },
    { name: 'A6: an untouched environment has no drift', act: () => rehearsal.untouched() },
    { name: 'a change behind terraform is found as drift', act: () => rehearsal.touched() },
    { name: 'A13: every alarm is raised and heard, and put back', act: () => rehearsal.alarms() },
    { name: 'deployed, no secret in outputs, arguments, files, plans, states, logs', act: () => rehearsal.secrecy() },
    { name: 'records of calls are not destroyed unless that is said', act: () => rehearsal.recordsStay() },
    { name: 'destroyed: nothing is left but what it says', act: () => rehearsal.destroy('--delete-records') },
    { name: 'destroyed again: nothing is written', act: () => rehearsal.destroyAgain() },
    { name: 'destroyed, no secret in outputs, arguments, files, logs', act: () => rehearsal.secrecy() },
    ...directChecks(account, commit),
    {
      name: 'an environment of an older version: nothing that holds data is replaced, and it is called',
      act: () => rehearsal.upgraded(),
      isLong: true,
    },
    { name: 'brought up to date, run again: nothing is written', act: () => rehearsal.again(), isLong: true },
    {
      name: 'records, pseudonyms, events and queries turned on later: nothing that holds data is replaced',
      act: () => rehearsal.moreOfCalls(),
      isLong: true,
    },
    { name: 'turned on later, run again: nothing is written', act: () => rehearsal.again(), isLong: true },
  ];
}

/** The life of an environment without Daily, by an operator who has no key and no settings. */
function directChecks(account: EmulatedAccount, commit: string): readonly Check[] {
  const direct = new CloudRehearsal(account, commit, 'webrtc');
  const checks: readonly Check[] = [
    ...DIRECT_STOPS.map((stop) => ({ name: nameOf(stop), act: () => direct.stopped(stop) })),
    { name: 'run to its end: a spoken call, one of everything, nothing locked', act: () => direct.complete() },
    { name: 'nothing of Daily’s is made, and the task says so', act: () => direct.direct() },
    { name: 'run again: nothing is written', act: () => direct.again() },
    { name: 'an untouched environment has no drift', act: () => direct.untouched() },
    { name: 'destroyed: nothing is left but what it says', act: () => direct.destroy() },
  ];
  return checks.map(({ name, act }, index) => ({
    name: `without Daily: ${name}`,
    act: () => {
      if (index === 0) account.forgetSettings();
      return act();
    },
    isLong: true,
  }));
}
