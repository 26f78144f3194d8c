import { readFileSync } from 'node:fs';
import { versionOf } from '../../../ops/release/version';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const GITHUB_SHA = '0123456789abcdef0123456789abcdef01234567';

describe('what a release is called', () => {
  it('is the version and the commit between releases', () => {
    expect(versionOf('.', { GITHUB_SHA })).toEqual({
      tag: `${version}-0123456789ab`,
      commit: GITHUB_SHA,
      health: `${version}+0123456`,
    });
  });

  it('is the version alone for a tag that says the same as package.json', () => {
    const tagged = { GITHUB_SHA, GITHUB_REF_TYPE: 'tag' };
    expect(versionOf('.', { ...tagged, GITHUB_REF_NAME: `v${version}` }).tag).toBe(version);
    expect(() => versionOf('.', { ...tagged, GITHUB_REF_NAME: 'v99.0.0' })).toThrow(/the Git tag is v99\.0\.0/);
  });

  it('refuses what is no commit', () => {
    expect(() => versionOf('.', { GITHUB_SHA: '$(id)' })).toThrow('is no commit');
  });
});
