import { failureOf, tryProgram } from '../../../ops/cli/run-program';

const run = (script: string, onLine?: (line: string) => void, input?: string) =>
  tryProgram('sh', ['-c', script], {
    cwd: '/',
    env: process.env,
    signal: new AbortController().signal,
    ...(onLine === undefined ? {} : { onLine }),
    ...(input === undefined ? {} : { input }),
  });

describe('tryProgram', () => {
  it('tells standard output from standard error, line by line, and the exit code', async () => {
    const lines: string[] = [];
    const ran = await run("printf 'grün\\nhalf'; echo no >&2; exit 3", (line) => lines.push(line));
    expect(ran).toEqual({ status: 3, wasKilled: false, stdout: 'grün\nhalf', output: 'grün\nhalfno\n' });
    expect(lines.sort()).toEqual(['grün', 'half', 'no']);
  });

  it('gives a secret to its standard input', async () => {
    expect((await run('cat', undefined, 'word')).stdout).toBe('word');
  });

  it('lends no pipe to a program, which would die with us in the middle of applying', async () => {
    const { output } = await run('for fd in 1 2; do test -p /dev/fd/$fd && echo "$fd is a pipe"; done; echo done');
    expect(output).toBe('done\n');
  });
});

describe('a program that failed', () => {
  it.each([
    'Error: ENOSPC: no space left on device, write\n    at writeSync\n\nNode.js v24',
    'write: No space left on device',
  ])('is told in one sentence where the disk is full: %s', (output) => {
    const { message, fix } = failureOf('node', ['synth.mjs'], { status: 1, wasKilled: false, stdout: '', output }, {});
    expect(message).toBe('node synth.mjs failed with 1: no space is left on the disk');
    expect(fix).toBe('df -h says where; make room. Nothing is lost: run this command again.');
  });
});
