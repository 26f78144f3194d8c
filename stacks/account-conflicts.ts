import type { Settings } from './settings';

/** Resources that exist once per AWS account, so that two environments in it would conflict. */
function claims(settings: Settings): string[] {
  const { accountId, region, secrets, github } = settings;
  const made: string[] = [];
  if (secrets.mode === 'managed') made.push(`the secrets ${secrets.namePrefix}/… in account ${accountId}, ${region}`);
  if (github?.createProvider) made.push(`the OIDC provider of GitHub in account ${accountId}`);
  return made;
}

/** Conflicts between environments: resources that two of them would create under the same name. */
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
