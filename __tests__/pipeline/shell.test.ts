import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shellScripts } from '../../testbed/programs/scan/shell-scripts';

const ROOT = path.join(__dirname, '../..');
const scripts = shellScripts(ROOT);

/** `npm run scan` has shellcheck read them. */
describe('shell scripts', () => {
  it('are few, and each of them is looked at', () => {
    expect(scripts).toEqual(
      expect.arrayContaining(['.ci/run', '.ci/install-emulator', '.ci/try-image', 'scripts/image/collect.sh']),
    );
  });

  it('stop at the first failure', () => {
    for (const script of scripts)
      expect(readFileSync(path.join(ROOT, script), 'utf8')).toMatch(/^set -euo? ?(pipefail)?$/m);
  });
});
