import { hasMoto, INSTALL_MOTO } from '../../../../testbed/fakes/aws/moto';
import { isInstalled, missing, TERRAFORM } from '../../../../testbed/fakes/terraform/tools';

const NEEDS = {
  terraform: { isThere: () => isInstalled(TERRAFORM), howToGet: missing(TERRAFORM) },
  moto: { isThere: () => hasMoto(), howToGet: `moto_server is not on PATH: ${INSTALL_MOTO}` },
};

/**
 * `describe` for tests that need programs from outside npm. Where one is missing they are skipped, saying plainly what
 * and how to get it; under CI they are run all the same, and fail.
 */
export function describeWith(...needs: readonly (keyof typeof NEEDS)[]): jest.Describe {
  const absent = needs.filter((need) => !NEEDS[need].isThere());
  if (absent.length === 0 || process.env['CI'] === 'true') return describe;
  for (const need of absent) process.stderr.write(`\nskipped, because ${NEEDS[need].howToGet}\n`);
  return describe.skip;
}
