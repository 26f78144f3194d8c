import { parseDotenv } from '../../../ops/environment/dotenv';

describe('.env', () => {
  it('reads what people write', () => {
    const { values, problems } = parseDotenv(
      [
        '\uFEFF# a comment',
        '',
        'PLAIN=value',
        '  SPACED = a value with blanks   # and a comment',
        'export EXPORTED=yes',
        `SINGLE='keeps # and \\n'`,
        'DOUBLE="a \\"quoted\\" word\\nand a \\\\ # no comment" # a comment',
        'EMPTY=',
        'HASH=a#b',
        'DOLLAR=$HOME',
        'EQUALS=a=b==',
      ].join('\r\n'),
    );
    expect(problems).toEqual([]);
    expect(Object.fromEntries(values)).toEqual({
      PLAIN: 'value',
      SPACED: 'a value with blanks',
      EXPORTED: 'yes',
      SINGLE: 'keeps # and \\n',
      DOUBLE: 'a "quoted" word\nand a \\ # no comment',
      EMPTY: '',
      HASH: 'a#b',
      DOLLAR: '$HOME',
      EQUALS: 'a=b==',
    });
  });

  it('names lines that are wrong, and never quotes them', () => {
    const { problems } = parseDotenv('GOOD=1\nsecret-alone\nOPEN="never closed secret\nGOOD=2');
    expect(problems).toEqual([
      'line 2 is not NAME=value',
      'line 3: the quotes of OPEN do not match',
      'line 4: GOOD is set a second time',
    ]);
  });
});
