import { readFileSync } from 'node:fs';
import { EXCEPTIONS, exceptRules } from '../../../testbed/programs/scan/exceptions';

describe('what the scanners are told to leave out', () => {
  it('C11: is each in docs/security.md, with its reason, and nothing else is', () => {
    const rows = readFileSync('docs/security.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| CKV'))
      .map((line) =>
        line
          .split('|')
          .slice(1, 4)
          .map((cell) => cell.trim()),
      );
    expect(rows).toEqual(EXCEPTIONS.map(({ rule, where, why }) => [rule, where, why]));
  });

  it('is less in production than in a trial', () => {
    expect(exceptRules(true).length).toBeLessThan(exceptRules(false).length);
    expect(exceptRules(true)).not.toContain('CKV_AWS_2');
  });
});
