import { draftSettings, type Known, placeholdersIn } from '../../../ops/deploy/draft';
import { parseSettings } from '../../../stacks/settings-file';

const KNOWN: Known = {
  environment: 'trial',
  accountId: '123456789012',
  region: 'eu-north-1',
  operatorArn: 'arn:aws:iam::123456789012:role/me',
  tag: '0.1.0-0123456789ab',
};
const read = (text: string) => parseSettings('trial.json', text);
/** A file that is complete, in somebody's own hand. */
const COMPLETE = `{
  "environment": "trial", "accountId": "123456789012",
  "secrets": { "operatorArns": ["arn:aws:iam::123456789012:role/other"] },
    "loadBalancer": { "allowPlainHttp": true },
  "image": { "tag": "0.1.0" }
}
`;
const without = (pattern: RegExp, replacement = ''): string => COMPLETE.replace(pattern, replacement);

describe('U4: a settings file that somebody has left half-written', () => {
  it.each([
    ['nothing', '', 'is not JSON'],
    ['half of it', COMPLETE.slice(0, 90), 'is not JSON'],
    ['both sides of a merge', `<<<<<<< HEAD\n${COMPLETE}=======\n${COMPLETE}>>>>>>> main\n`, 'is not JSON'],
    ['a list', '[]', 'the file'],
    ['a word where an object is to be', without(/\{ "operatorArns".*\}/, '"mine"'), 'secrets: '],
    ['nothing where an object is to be', without(/"image": \{.*\}/, '"image": null, "github": null'), 'image: '],
    ['a word where a list is to be', without(/\["arn.*\]/, '"me"'), 'secrets.operatorArns: '],
  ])('is refused by its rule, and by no stack trace: %s', (_what, text, problem) => {
    expect(() => read(draftSettings(text, { ...KNOWN, image: { tag: '0.1.0' } }).text)).toThrow(problem);
  });
});

describe('U4: the settings file', () => {
  it('is written where there is none, as a small environment that the stacks take', () => {
    const { text, changes } = draftSettings(undefined, KNOWN);
    const settings = read(text);
    expect(settings).toMatchObject({
      accountId: '123456789012',
      region: 'eu-north-1',
      secrets: { operatorArns: ['arn:aws:iam::123456789012:role/me'] },
      counts: { min: 1, max: 2 },
      task: { spot: true, architecture: 'ARM64' },
      image: { tag: '0.1.0-0123456789ab' },
    });
    expect(changes).toContain('accountId = "123456789012"');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('is written for callers who come straight to one task, where they shall', () => {
    const { text } = draftSettings(undefined, { ...KNOWN, transport: 'webrtc' });
    const wanted = { transport: 'webrtc', network: { kind: 'default' }, counts: { min: 1, max: 1 } };
    expect(read(text)).toMatchObject(wanted);
  });

  it('is left as it is, letter for letter, where it is complete', () => {
    expect(draftSettings(COMPLETE, KNOWN)).toEqual({ text: COMPLETE, changes: [] });
  });

  it('gets what is lacking and nothing else', () => {
    const lacking = without(/"accountId": "\d+",?/).replace('"environment": "trial", ', '"environment": "trial",');
    const { text, changes } = draftSettings(lacking, KNOWN);
    expect(changes).toEqual(['accountId = "123456789012"']);
    expect(read(text)).toEqual(read(COMPLETE));
    expect(text).toContain('    "loadBalancer": { "allowPlainHttp": true },\n');
  });

  it('takes the account that comes with the project for none', () => {
    const { changes } = draftSettings(without(/123456789012(?=",\n)/, '111111111111'), KNOWN);
    expect(changes).toEqual(['accountId = "123456789012"']);
    // The emulator's own is one of these, too.
    const emulated = { ...KNOWN, accountId: '111111111111' };
    expect(draftSettings(without(/123456789012(?=",\n)/, '111111111111'), emulated).changes).toEqual([]);
  });

  it('gets the number that was typed, and keeps one that it has', () => {
    const phone = { numbers: { '+14155550100': 'assistant' } };
    const { text, changes } = draftSettings(without(/"image".*\n/, '"domain": { "name": "a.example.org" }\n'), {
      ...KNOWN,
      phone,
    });
    expect(changes).toContain('phone = {"numbers":{"+14155550100":"assistant"}}');
    expect(JSON.parse(text)).toMatchObject({ phone });
    expect(draftSettings(text, { ...KNOWN, phone: { numbers: { '+14155550101': 'other' } } }).changes).toEqual([]);
  });

  it('keeps another account, which is for the caller to refuse', () => {
    expect(draftSettings(COMPLETE, { ...KNOWN, accountId: '999999999999' }).changes).toEqual([]);
  });

  it('names whoever deploys as reader of the secrets, unless somebody is named, or it is protected', () => {
    const nobody = without(/ {2}"secrets".*\n/);
    expect(draftSettings(nobody, KNOWN).changes).toEqual([
      'secrets.operatorArns = ["arn:aws:iam::123456789012:role/me"]',
    ]);
    expect(draftSettings(nobody.replace('{', '{ "protected": true,'), KNOWN).changes).toEqual([]);
    expect(draftSettings(nobody.replace('{', '{ "secrets": { "mode": "existing" },'), KNOWN).changes).toEqual([]);
  });

  it('lets no repository of strangers in: the example’s becomes yours, or goes', () => {
    const example = without(/\n}\n$/, ',\n  "github": { "repository": "example/pipecat-voice-agent" }\n}\n');
    const ids = { ownerId: '1', repositoryId: '2', subject: 'ids' } as const;
    const yours = draftSettings(example, { ...KNOWN, repository: 'me/voice', github: ids });
    expect(read(yours.text).github).toMatchObject({
      repository: 'me/voice',
      ownerId: '1',
      repositoryId: '2',
      subject: 'ids',
    });
    const none = draftSettings(example, KNOWN);
    expect(none.changes).toEqual(['github removed']);
    expect(read(none.text).github).toBeUndefined();
  });

  it('A1: gets the numbers of the repository that it names, unless it says how its tokens name it', () => {
    const own = without(/\n}\n$/, ',\n  "github": { "repository": "me/voice" }\n}\n');
    const ids = { ownerId: '1', repositoryId: '2', subject: 'both' } as const;
    expect(draftSettings(own, { ...KNOWN, github: ids }).changes).toEqual([
      'github.ownerId = "1"',
      'github.repositoryId = "2"',
      'github.subject = "both"',
    ]);
    expect(
      draftSettings(own.replace('"me/voice"', '"me/voice", "subject": "names"'), { ...KNOWN, github: ids }).changes,
    ).toEqual([]);
  });

  it('keeps an image of another registry, and not one of the environment’s own', () => {
    const elsewhere = { repository: 'ghcr.io/me/voice', tag: '1.2.3' };
    const { text } = draftSettings(COMPLETE, { ...KNOWN, image: elsewhere });
    expect(read(text).image).toEqual(elsewhere);
    expect(draftSettings(text, { ...KNOWN, image: elsewhere }).changes).toEqual([]);
    expect(draftSettings(COMPLETE, { ...KNOWN, image: { tag: '1.2.3' } }).changes).toEqual([]);
  });

  it.each([
    ['eu-central-1', 'eu-north-1'],
    ['us-west-2', undefined],
    ['sa-east-1', 'us-east-1'],
  ])('for %s asks the model in %s', (region, modelRegion) => {
    expect(read(draftSettings(undefined, { ...KNOWN, region }).text).bedrock.region).toBe(modelRegion);
  });

  it('says what only its owner knows and the example still says', () => {
    const settings = {
      domain: { name: 'voice.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
      alarms: { email: 'voice-operations@example.com' },
    };
    expect(placeholdersIn(settings)).toEqual(['domain.name', 'domain.hostedZoneId', 'alarms.email']);
    expect(placeholdersIn({ domain: { name: 'voice.acme.org' }, alarms: {} })).toEqual([]);
  });
});
