import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

test('P1: an RTCP packet whose SDES never ends does not freeze the process', async () => {
  const attack = path.join(__dirname, 'support', 'sdes-attack.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '--import', 'tsx', attack], {
    timeout: 45_000,
    killSignal: 'SIGKILL',
  });
  expect(stdout.split('\n')).toEqual(['the attack has been sent', 'the next offer is answered', '']);
});
