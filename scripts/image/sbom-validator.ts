import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from './report';

/** CycloneDX's own library, from PyPI: it has the schemas with it. */
const VALIDATOR = 'cyclonedx-python-lib[json-validation]==11.12.0';
const INSTALL_WITHIN_MS = 120_000;
const VALIDATE = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(None if error is None else str(error)[:2000])
`;

/** I2: the bill of materials is one by others' rules. Where the validator cannot be had, that is said. */
export function checkBillOfMaterials(file: string, report: Report): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'sbom-'));
  try {
    const python = path.join(folder, 'bin/python');
    const made = spawnSync('python3', ['-m', 'venv', folder], { stdio: 'ignore' }).status === 0;
    const pip = ['-m', 'pip', 'install', '--quiet', VALIDATOR];
    if (!made || spawnSync(python, pip, { stdio: 'ignore', timeout: INSTALL_WITHIN_MS }).status !== 0) {
      report.say(`  skipped  the bill of materials is not validated: ${VALIDATOR} cannot be installed here`);
      return;
    }
    const { status, stderr } = spawnSync(python, ['-c', VALIDATE, file], { encoding: 'utf8' });
    report.check(status === 0, `I2: the bill of materials is valid CycloneDX 1.6 ${stderr.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
