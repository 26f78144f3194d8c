import { SECRET_IDS, secretReaders, secretsOf } from '../../../contract/secrets';
import { missingKeys } from '../../../ops/deploy/secret-values';
import { planSecret } from '../../../ops/secrets/plan';
import { isSecretKey } from '../../../ops/secrets/secrecy';
import { shapeProblem } from '../../../ops/secrets/shape';
import type { SecretState } from '../../../ops/secrets/state';
import { parseSettings } from '../../../stacks/settings-file';
import { testSettings } from '../support/project';

describe("a value's shape", () => {
  const HEX = 'a1'.repeat(32);

  it.each([
    ['DAILY_API_KEY', HEX],
    ['DAILY_API_URL', 'https://api.daily.co/v1'],
    ['DAILY_API_URL', 'http://127.0.0.1:1234/v1'],
    ['AWS_ACCESS_KEY_ID', 'AKIAABCDEFGHIJKLMNOP'],
    ['AWS_SECRET_ACCESS_KEY', 'abcdefghijklmnopqrstuvwxyz/+0123456789AB'],
    ['START_API_KEY', 'correct-horse-battery'],
    ['SOMETHING_ELSE', 'anything at all'],
  ])('%s may be right', (key, value) => expect(shapeProblem(key, value)).toBeUndefined());

  it.each([
    ['DAILY_API_KEY', '', 'is empty'],
    ['DAILY_API_KEY', 'your-daily-api-key', 'is a placeholder, not a value'],
    ['DAILY_API_KEY', '<paste here>', 'is a placeholder, not a value'],
    ['DAILY_API_KEY', 'xxxxxxxx', 'is a placeholder, not a value'],
    ['DAILY_API_KEY', 'CHANGE_ME', 'is a placeholder, not a value'],
    ['DAILY_API_KEY', '${DAILY_API_KEY}', 'is a placeholder, not a value'],
    ['DAILY_API_KEY', `${HEX}\u00a0x`, 'must be visible ASCII characters without a space'],
    ['DAILY_API_URL', 'http://api.daily.co/v1', 'must be https: the key would travel in the clear'],
    ['DAILY_API_URL', 'api.daily.co', 'must be an http or https URL without user, password, query or fragment'],
    [
      'AWS_ACCESS_KEY_ID',
      'ASIAABCDEFGHIJKLMNOP',
      'is a temporary key (ASIA…), which would soon expire: use a role instead',
    ],
    ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE', 'is a placeholder, not a value'],
    ['AWS_ACCESS_KEY_ID', 'AKIAABC', 'must be AKIA and 16 of A-Z and 0-9'],
    ['AWS_SECRET_ACCESS_KEY', 'too-short', 'must be 40 of A-Z, a-z, 0-9, "/" and "+"'],
    ['START_API_KEY', 'short', 'must be at least 16 visible ASCII characters without a space'],
  ])('%s: a wrong one %#', (key, value, text) =>
    expect(shapeProblem(key, value)).toEqual({ severity: 'failed', text }),
  );

  it('only warns of what may still work', () => {
    expect(shapeProblem('DAILY_API_KEY', 'not-hex-but-a-token')).toMatchObject({ severity: 'warning' });
    expect(shapeProblem('START_API_KEY', 'correct-horse-battery\n')).toMatchObject({ severity: 'warning' });
  });

  it('never says a part of the value', () => {
    for (const key of ['DAILY_API_KEY', 'START_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'DAILY_API_URL']) {
      expect(shapeProblem(key, 'Zq9#Zq9#')?.text ?? '').not.toContain('Zq9');
    }
  });

  it('calls secret what is not known to be public', () => {
    expect(['DAILY_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'UNKNOWN'].map(isSecretKey)).toEqual([true, true, true]);
    expect(['DAILY_API_URL', 'AWS_REGION'].map(isSecretKey)).toEqual([false, false]);
  });
});

describe('the secrets that the commands know', () => {
  const settings = (secrets: Record<string, unknown>) =>
    parseSettings('test.json', JSON.stringify(testSettings({ secrets })));

  const used = (secrets: Record<string, unknown>) =>
    secretsOf(settings(secrets), [])
      .filter(({ isWanted }) => isWanted)
      .map(({ name, description, injected }) => [name, description, ...injected]);
  const DAILY = ['Daily.co API credentials: {"DAILY_API_KEY", "DAILY_API_URL"}', 'DAILY_API_KEY', 'DAILY_API_URL'];
  const START = ['What a client must show to start a call: {"START_API_KEY"}', 'START_API_KEY'];

  it('are the ones that the settings ask for, with the keys that become variables', () => {
    expect(used({})).toEqual([
      ['pipecat/daily-api-key', ...DAILY],
      ['pipecat/start-api-key', ...START],
    ]);
    expect(used({ startKey: false })).toEqual([['pipecat/daily-api-key', ...DAILY]]);
    expect(used({ namePrefix: 'other', useStaticCredentials: true, adminKey: true })).toEqual([
      ['other/daily-api-key', ...DAILY],
      [
        'other/aws-credentials',
        'Static AWS credentials: {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
      ],
      ['other/start-api-key', ...START],
      ['other/admin-api-key', 'Opens the operator\'s view: {"ADMIN_API_KEY"}', 'ADMIN_API_KEY'],
    ]);
  });

  it('include those of the telephone only where there is one, and the key that calls people only where it may', () => {
    const ids = (phone?: object) =>
      secretsOf({ ...settings({}), phone }, []).flatMap(({ id, isWanted }) =>
        isWanted && /phone|twilio/.test(id) ? [id] : [],
      );
    expect(ids()).toEqual([]);
    expect(ids({})).toEqual(['twilio-credentials', 'phone-stream-key']);
    expect(ids({ outbound: {} })).toEqual(['twilio-credentials', 'phone-stream-key', 'phone-calls-key']);
  });

  it('can each be rotated', () => {
    expect(secretsOf(settings({}), []).map(({ id }) => id)).toEqual([...SECRET_IDS]);
  });

  it('are read by ECS alone, unless the bot is to read them itself', () => {
    expect(secretReaders({ readAtRuntime: false })).toEqual(['execution']);
    expect(secretReaders({ readAtRuntime: true })).toEqual(['execution', 'task']);
  });
});

describe('a value that is accepted beside another', () => {
  const wanted = (given: Record<string, string>, fallbacks: Record<string, string> = {}) => ({
    ...{ name: 'pipecat/twilio-credentials', given, fallbacks, replace: false },
    ...{ required: ['TOKEN', 'TOKEN_OTHER'], besides: { TOKEN_OTHER: 'TOKEN' } },
  });
  const stored = (values: Record<string, string>): SecretState => ({
    kind: 'present',
    arn: 'arn',
    versionId: '1',
    values,
  });

  it('is the same at first, because ECS starts no task that lacks a key', () => {
    const first = { TOKEN: 'a', TOKEN_OTHER: 'a' };
    expect(planSecret({ kind: 'empty', arn: 'arn' }, wanted({ TOKEN: 'a' })).values).toEqual(first);
    expect(planSecret({ kind: 'absent' }, wanted({}, { TOKEN: 'a' })).values).toEqual(first);
  });

  it('is the one before, once there is a new one: old tasks and new ones accept both', () => {
    for (const other of ['a', 'z']) {
      const before = stored({ TOKEN: 'a', TOKEN_OTHER: other });
      expect(planSecret(before, wanted({ TOKEN: 'b' })).values).toEqual({ TOKEN: 'b', TOKEN_OTHER: 'a' });
    }
  });

  it('is the next one, where that is given ahead, and stays as it is where nothing changes', () => {
    const before = stored({ TOKEN: 'a', TOKEN_OTHER: 'a' });
    expect(planSecret(before, wanted({ TOKEN_OTHER: 'b' })).values).toEqual({ TOKEN: 'a', TOKEN_OTHER: 'b' });
    expect(planSecret(stored({ TOKEN: 'b', TOKEN_OTHER: 'a' }), wanted({ TOKEN: 'b' })).plan.kind).toBe('unchanged');
  });

  it('is not asked for', () => {
    expect(missingKeys({ kind: 'absent' }, wanted({}))).toEqual(['TOKEN']);
  });
});
