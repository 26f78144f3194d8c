import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from '../../contract/make-folder';

describe('a folder that is to be made', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'folder-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('is made with all that it lies in, and left as it is where it is there', () => {
    const folder = path.join(root, 'a/b/c');
    makeFolder(folder, 0o700);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is refused below a file, and where there is a file', () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow('EEXIST');
    // Node 26 does not tell a folder that is none from one that is missing.
    expect(() => makeFolder(path.join(file, 'below'))).toThrow(/ENOTDIR|EEXIST/);
  });

  const hasProc = existsSync('/proc/self');
  if (!hasProc)
    process.stderr.write('\nskipped, because there is no /proc here, the file system that takes no folders\n');
  (hasProc ? it : it.skip)('is refused by a file system that takes none, at once', () => {
    expect(() => makeFolder('/proc/nothing/below')).toThrow('ENOENT');
  });
});
