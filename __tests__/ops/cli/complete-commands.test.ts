import { completeCommands } from '../../../ops/cli/complete-commands';

const NAMES = ['doctor', 'secrets setup', 'secrets rotate', 'monitor', 'rehearse'];
const complete = (text: string, environment = 'prod', region?: string) =>
  completeCommands(text, NAMES, { environment, region });

describe('U6: a suggested command', () => {
  it('says the environment that it is about, wherever it stands in a sentence', () => {
    expect(complete('Correct it in .env, then: npm run ops -- secrets setup')).toBe(
      'Correct it in .env, then: npm run ops -- secrets setup --environment prod',
    );
    expect(complete('npm run ops -- secrets rotate daily-api-key --roll-back if theirs was right')).toBe(
      'npm run ops -- secrets rotate --environment prod daily-api-key --roll-back if theirs was right',
    );
    expect(complete('npm run ops -- monitor --once says why tasks stopped.')).toBe(
      'npm run ops -- monitor --environment prod --once says why tasks stopped.',
    );
  });

  it('says the region where one was given', () => {
    expect(complete('npm run ops -- doctor', 'prod', 'us-east-1')).toBe(
      'npm run ops -- doctor --environment prod --region us-east-1',
    );
    expect(complete('npm run ops -- doctor', 'test', 'us-east-1')).toBe('npm run ops -- doctor --region us-east-1');
  });

  it('is left as it is where it says so already, where it goes by the default, and where it is none of ours', () => {
    for (const text of ['npm run ops -- doctor --environment prod', 'npm run build', 'npm run ops -- --help']) {
      expect(complete(text)).toBe(text);
    }
    expect(complete('npm run ops -- doctor', 'test')).toBe('npm run ops -- doctor');
  });
});
