import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isOnPath } from '../../testbed/fakes/aws/moto';
import type { TestAws } from './support/aws';
import { codeIn, readDocument } from './support/documents';
import { AwsFixture } from './support/aws-fixture';
import { SECRETS } from './support/values';

const COMMANDS = [...new Set(codeIn(readDocument('docs/runbook.md')).filter((code) => code.startsWith('aws ')))];

/** The runbook's commands of AWS's own CLI; where that is missing they are skipped, and CI insists on it. */
export function runbookSuite(aws: () => TestAws): void {
  const isThere = isOnPath('aws');
  if (!isThere)
    process.stderr.write(
      "skipped, because aws is missing: the runbook's aws commands\n  install it: pip install awscli\n",
    );
  const test = isThere || process.env['CI'] === 'true' ? it : it.skip;

  describe("the runbook's commands of AWS's own", () => {
    afterEach(() => aws().reset());

    test('work as they are written', async () => {
      expect(COMMANDS.length).toBeGreaterThan(2);
      const fixture = new AwsFixture(aws().motoUrl);
      await fixture.put('pipecat/start-api-key', { START_API_KEY: SECRETS.startKey });
      await fixture.service();
      await fixture.log([{ stream: 'ecs/pipecat-container/1', line: { level: 'info', msg: 'listening' } }]);
      fixture.close();
      const outputs = await Promise.all(COMMANDS.map((command) => run(command)));
      expect(outputs.join('')).toContain('"msg":"listening"');
      expect(outputs.join('')).toContain('"serviceName": "pipecat-voice-agent-test"');
      expect(outputs.join('')).toContain('111111111111');
    });
  });
}

async function run(command: string): Promise<string> {
  const [file = '', ...args] = command.split(' ');
  const { stdout } = await promisify(execFile)(file, args, {
    env: { ...process.env, AWS_DEFAULT_REGION: 'eu-north-1', AWS_PAGER: '' },
  });
  return stdout;
}
