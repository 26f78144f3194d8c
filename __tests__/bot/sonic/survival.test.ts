import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = path.join(__dirname, 'support', 'survival.ts');

describe('a process that has two hundred faulty sessions behind it', () => {
  it('has told each end once, has nothing left, and ends by itself', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--import', 'tsx', PROGRAM, '200'],
      { timeout: 60_000 },
    );
    expect(stderr).toBe('');
    const result = JSON.parse(stdout) as { ends: Record<string, number> };
    expect(result).toMatchObject({ problems: [], leftAtEnd: { streams: 0, ticks: 0 }, connections: 0 });
    const { closed = 0, failed = 0, refused = 0, other = -1 } = result.ends;
    expect(closed + failed + refused).toBe(200);
    expect(other).toBe(0);
    // Faults did happen: most are survived, and those that no retry can help ended their session or its opening.
    expect(closed).toBeGreaterThan(100);
    expect(failed + refused).toBeGreaterThanOrEqual(20);
  });
});
