import { isInstalled, missing, type Tool } from '../../../sandbox/terraform/tools';

/**
 * `describe` for tests that need programs from outside npm. Where one is missing they are skipped, saying plainly what
 * and how to get it; under CI they are run all the same, and fail.
 */
export function describeWith(tools: readonly Tool[]): jest.Describe {
  const absent = tools.filter((tool) => !isInstalled(tool));
  if (absent.length === 0 || process.env['CI'] === 'true') return describe;
  process.stderr.write(`\nSKIPPED: ${absent.map(missing).join(' ')}\n`);
  return describe.skip;
}
