import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from './nearest';
import { OpsError } from './ops-error';

/** As the settings have it. */
const NAME = /^[a-z][a-z0-9]{1,11}$/;

/** @throws OpsError `usage` for a name that no environment can have, such as a path */
export function checkEnvironmentName(environment: string): void {
  if (NAME.test(environment)) return;
  throw new OpsError('usage', '--environment must be 2 to 12 of a-z and 0-9, beginning with a letter.');
}

/** The environments that have settings in a folder, by name. */
function environmentsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => path.extname(file) === '.json')
    .map((file) => path.basename(file, '.json'))
    .filter((name) => NAME.test(name))
    .sort();
}

/** What was probably meant by the name of an environment that has no settings. */
export const environmentMeant = (folder: string, environment: string): string | undefined =>
  nearest(environment, environmentsIn(folder));

/** There are no settings of that name. */
export function noSettings(folder: string, environment: string): OpsError {
  const meant = environmentMeant(folder, environment);
  const known = environmentsIn(folder);
  const others = meant === undefined ? known.join(', ') : meant;
  return new OpsError(
    'settings_invalid',
    `there is no environments/${environment}.json${others === '' ? '' : `; there is ${others}`}`,
    `Where it was deleted, take it back: git checkout HEAD -- environments/${environment}.json\nFor a new environment: npm run ops -- deploy --environment ${environment}`,
  );
}
