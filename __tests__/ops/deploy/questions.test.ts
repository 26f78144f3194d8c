import { PassThrough } from 'node:stream';
import { Context } from '../../../ops/cli/context';
import { FlagValues } from '../../../ops/cli/flags';
import { Redactor } from '../../../contract/redactor';
import { Terminal, type TerminalInput } from '../../../ops/cli/terminal';
import { askForName } from '../../../ops/deploy/destroy';
import { agreeToDelete } from '../../../ops/deploy/doomed-records';
import { askForNumber } from '../../../ops/deploy/phone-question';
import { chooseTransport } from '../../../ops/deploy/transport-choice';
import { askForKeys, checkAskable } from '../../../ops/deploy/secret-values';
import { findTarget } from '../../../ops/deploy/target';
import { orSayAgain } from '../../../ops/deploy/with-command';
import { SECRETS } from '../support/values';

/** Somebody at a terminal who types these lines. */
function operator(...typed: readonly string[]) {
  const shown: string[] = [];
  const say = (text: string): void => void shown.push(text);
  const { signal } = new AbortController();
  const io = { env: {}, folder: '/nowhere', signal, stdout: say, stderr: say };
  const redactor = new Redactor();
  const context = new Context(
    io,
    new FlagValues([]),
    redactor,
    say,
    () => undefined,
    () => undefined,
  );
  const keys: TerminalInput = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  for (const line of typed) keys.push(`${line}\r`);
  keys.push(null);
  return { context, redactor, shown, terminal: new Terminal(keys, say, signal, () => undefined) };
}

describe('U7: the region of a new environment', () => {
  it('is asked for again where AWS has none of that name', async () => {
    const { context, shown, terminal } = operator('eu-nroth-1', 'ap-southeast-2');
    expect(await findTarget(context, terminal)).toMatchObject({ region: 'ap-southeast-2', transport: 'daily' });
    expect(shown.join('')).toContain('That is no region of AWS, such as');
  });

  it.each(['us-gov-west-1', 'cn-northwest-1', 'eusc-de-east-1', 'il-central-1'])('may be %s', async (region) => {
    const { context, terminal } = operator(region);
    expect((await findTarget(context, terminal)).region).toBe(region);
  });
});

describe('U4: a key that nobody has given', () => {
  it('is asked for until it can be right, and hidden from then on', async () => {
    const { context, redactor, shown, terminal } = operator('changeme', SECRETS.dailyKey);
    const typed = await askForKeys(context, ['DAILY_API_KEY'], terminal);
    expect(typed.get('DAILY_API_KEY')).toBe(SECRETS.dailyKey);
    expect(shown.join('')).toContain('DAILY_API_KEY is a placeholder, not a value');
    expect(shown.join('')).not.toContain(SECRETS.dailyKey);
    expect(redactor.clean(`key ${SECRETS.dailyKey}`)).toBe('key [secret]');
  });

  it('ends it before anything is made where nobody types one', async () => {
    const silent = operator();
    await expect(askForKeys(silent.context, ['DAILY_API_KEY'], silent.terminal)).rejects.toMatchObject({
      code: 'values_invalid',
      fix: expect.stringContaining('--env-file') as string,
    });
    const wrong = operator('changeme', '<key>', 'todo', SECRETS.dailyKey);
    await expect(askForKeys(wrong.context, ['DAILY_API_KEY'], wrong.terminal)).rejects.toMatchObject({
      code: 'values_invalid',
    });
  });

  it('is not asked for where it would be seen', () => {
    const piped = new Terminal(
      new PassThrough(),
      () => undefined,
      new AbortController().signal,
      () => undefined,
    );
    expect(() => checkAskable(['DAILY_API_KEY'], piped)).toThrow('DAILY_API_KEY is not set');
    expect(() => checkAskable(['DAILY_API_KEY'], undefined)).toThrow('Nothing was made.');
    expect(() => checkAskable([], undefined)).not.toThrow();
  });
});

describe('U4: the name of an environment that is to be destroyed', () => {
  it.each([['tset'], ['yes'], ['TEST'], ['']])('is not "%s"', async (typed) => {
    await expect(askForName('test', operator(typed).terminal)).rejects.toMatchObject({
      code: 'refused',
      fix: 'npm run ops -- destroy --environment test --confirm test',
    });
  });

  it('is typed whole, and nobody’s silence is a yes', async () => {
    await expect(askForName('test', operator('test').terminal)).resolves.toBeUndefined();
    await expect(askForName('test', operator().terminal)).rejects.toMatchObject({ code: 'refused' });
    await expect(askForName('test', undefined)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('U4: records of calls that would go with an environment', () => {
  const context = { environment: 'test', settings: { region: 'eu-north-1' } as Context['settings'] };
  const records = { place: 's3://acme-records/calls/', found: { records: 42, recordings: 12 } };
  const again = 'npm run ops -- destroy --environment test --region eu-north-1 --confirm test --json';

  it('are asked for by themselves: the name of the environment is no yes to them', async () => {
    const asked = operator('yes');
    await expect(
      agreeToDelete(context, records, { isGiven: false, terminal: asked.terminal, again }),
    ).resolves.toBeUndefined();
    expect(asked.shown.join('')).toContain(
      'Delete 42 records and 12 recordings of calls, in s3://acme-records/calls/; nobody else has a copy?',
    );
    for (const { terminal } of [operator('test'), operator(''), operator()]) {
      await expect(agreeToDelete(context, records, { isGiven: false, terminal, again })).rejects.toMatchObject({
        code: 'refused',
      });
    }
  });

  it('go unasked only where --delete-records says so, and else it says how to keep a copy', async () => {
    await expect(
      agreeToDelete(context, records, { isGiven: true, terminal: undefined, again }),
    ).resolves.toBeUndefined();
    await expect(
      agreeToDelete(context, { ...records, found: undefined }, { isGiven: false, terminal: undefined, again }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('all records and recordings of calls, which you may not count') as string,
      fix: [
        'To keep a copy:',
        '  npm run ops -- calls export jsonl --environment test --region eu-north-1 --out calls.jsonl',
        '  aws s3 sync s3://acme-records/calls/recordings/ recordings --region eu-north-1',
        `To delete them: ${again} --delete-records`,
      ].join('\n'),
    });
  });
});

describe('U4: Ctrl-C at a question', () => {
  const again = 'npm run ops -- destroy --environment test --region eu-north-1';
  const ctrlC = (): Terminal => operator('\u0003').terminal;

  it.each([
    ['the region', () => findTarget(operator().context, ctrlC())],
    ['the name', () => askForName('test', ctrlC())],
    ['a key', () => askForKeys(operator().context, ['DAILY_API_KEY'], ctrlC())],
  ])('says that nothing was done, and what goes on: %s', async (_what, ask: () => Promise<unknown>) => {
    await expect(orSayAgain(again, ask)).rejects.toMatchObject({
      code: 'interrupted',
      message: 'Nothing was answered. Nothing was done.',
      fix: `Go on: ${again}`,
    });
  });
});

describe('U4: a refusal', () => {
  const again = 'npm run ops -- destroy --environment test --region eu-north-1';

  it('that says how to run it otherwise is not followed by the command that was refused', async () => {
    const refuse = () => orSayAgain(again, () => askForName('test', operator('tset').terminal));
    await expect(refuse()).rejects.toMatchObject({ fix: 'npm run ops -- destroy --environment test --confirm test' });
  });
});

describe('a number that callers dial', () => {
  const file = { domain: { name: 'voice.example.org' }, agents: ['reception'] };
  const ask = ({ terminal, shown }: ReturnType<typeof operator>, raw: object = file) =>
    askForNumber(raw, terminal, (line) => shown.push(line));

  it('is asked for where the settings are new and have a domain, and answered by the first agent', async () => {
    expect(await ask(operator('+14155550100'))).toEqual({ numbers: { '+14155550100': 'reception' } });
    expect(await ask(operator('+14155550100'), { domain: file.domain })).toEqual({
      numbers: { '+14155550100': 'assistant' },
    });
  });

  it('is left out by Enter, by silence, and after three that are none', async () => {
    expect(await ask(operator(''))).toBeUndefined();
    expect(await ask(operator())).toBeUndefined();
    const wrong = operator('555 0100', '00441234', 'no', '+14155550100');
    expect(await ask(wrong)).toBeUndefined();
    expect(wrong.shown.join('')).toContain('It must be a number in E.164');
  });

  it('is not asked for a second time, nor where Twilio could not ask by HTTPS', async () => {
    const complete = { ...file, accountId: '123456789012', image: { tag: '1' } };
    for (const raw of [{}, { ...file, phone: {} }, complete]) {
      const asked = operator('+14155550100');
      expect(await ask(asked, raw)).toBeUndefined();
      expect(asked.shown).toEqual([]);
    }
  });
});

describe('U4: how callers of a new environment come in', () => {
  const choose = (typed: readonly string[], given: Record<string, string> = {}, text?: string) => {
    const { shown, terminal } = operator(...typed);
    const flags = new FlagValues(Object.entries(given));
    return { shown, chosen: chooseTransport({ environment: 'test', flags }, text, terminal) };
  };

  it('is asked, with what each needs and costs, until it is one of them', async () => {
    const { shown, chosen } = choose(['twilio', 'webrtc']);
    expect(await chosen).toBe('webrtc');
    expect(shown.join('')).toMatch(
      /daily .*DAILY_API_KEY\);\n.*\$\d\.\d{5} a minute of a call, .*\(\$\d+\.\d\d a month\)/s,
    );
    expect(shown.join('')).toMatch(/webrtc .*to one task, without Daily: for trials.*\n?.*no key/s);
    expect(await choose(['']).chosen).toBe('daily');
  });

  it('is not asked where an option or the settings say it, which must say the same', async () => {
    expect(await choose([], { transport: 'webrtc' }).chosen).toBe('webrtc');
    expect(await choose([], {}, '{"transport": "webrtc"}').chosen).toBe('webrtc');
    expect(await choose([], {}, '{}').chosen).toBe('daily');
    await expect(choose([], { transport: 'webrtc' }, '{}').chosen).rejects.toThrow('test.json is for daily');
    await expect(choose([], { transport: 'sip' }).chosen).rejects.toThrow('--transport must be one of daily, webrtc.');
  });
});
