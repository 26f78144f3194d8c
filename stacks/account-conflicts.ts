import type { Settings } from './settings';

/** Things that an AWS account has once, so that two environments in it would fight over them. */
function claims(settings: Settings): string[] {
  const { accountId, region, secrets, github } = settings;
  const made: string[] = [];
  if (secrets.mode === 'managed') made.push(`the secrets ${secrets.namePrefix}/… in account ${accountId}, ${region}`);
  if (github?.createProvider) made.push(`the OIDC provider of GitHub in account ${accountId}`);
  return made;
}

/** Problems between environments: what two of them would both make under the same name. */
export function checkAccountConflicts(all: readonly Settings[]): string[] {
  const owner = new Map<string, string>();
  const problems: string[] = [];
  for (const settings of all) {
    for (const claim of claims(settings)) {
      const other = owner.get(claim);
      if (other === undefined) owner.set(claim, settings.environment);
      else {
        problems.push(
          `${other} and ${settings.environment} both make ${claim}: give them accounts of their own, ` +
            'or change secrets.namePrefix, secrets.mode or github.createProvider in one',
        );
      }
    }
  }
  return problems;
}
