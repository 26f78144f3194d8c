import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, type SettingsError } from '../../stacks/settings-file';

/** Settings as 36d351a took them, with every setting that it had. */
const before = JSON.parse(readFileSync(join(__dirname, 'support/before/settings.json'), 'utf8')) as Record<
  string,
  Record<string, unknown>
>;

describe('settings of 36d351a', () => {
  it.each(Object.keys(before))('Upgrade: those of "%s" are taken, and mean what they say', (environment) => {
    expect(parseSettings(`${environment}.json`, JSON.stringify(before[environment]))).toMatchObject(
      before[environment]!,
    );
  });

  it.each([
    [{ network: { kind: 'new', nat: 'none' } }, 'network.nat: must be "single" or "per-zone"'],
    [{ region: 'us-iso-east-1' }, 'region: must be an AWS region such as "eu-north-1"'],
    [{ image: { tag: '0.1.0', repository: 'a..b//c-' } }, 'image.repository: must be a repository such as'],
  ])('Upgrade: %j is answered with what it may be', (change, answer) => {
    expect.assertions(1);
    try {
      parseSettings('test.json', JSON.stringify({ ...before['test'], ...change }));
    } catch (error) {
      expect((error as SettingsError).problems.join()).toContain(answer);
    }
  });
});
