import { tmpdir } from 'node:os';
import { COMMANDS } from '../../../ops/commands';
import { renderHelp } from '../../../ops/cli/help';
import { renderPage } from '../../../ops/cli/page';
import { parse } from '../../../ops/cli/parse';
import { printable } from '../../../ops/cli/printable';
import { Redactor } from '../../../contract/redactor';
import { ops } from '../support/cli';
import { Project } from '../support/project';

const run = (command: string | string[]) => ops(command, { folder: tmpdir() });

describe('the command line', () => {
  it('lists every command where none is named', async () => {
    for (const command of ['--help', 'help']) {
      const { code, stdout } = await run(command);
      expect(code).toBe(0);
      for (const { name, summary } of COMMANDS) expect(stdout).toContain(`${name.padEnd(16)}  ${summary}`);
      expect(stdout).toContain('130  interrupted by Ctrl-C');
    }
    expect((await run([])).code).toBe(0);
  });

  it.each(COMMANDS.map(({ name }) => [name] as const))(
    '%s --help names each of its options, and does nothing',
    async (name) => {
      const { code, stdout } = await run(`${name} --help`);
      const command = COMMANDS.find((one) => one.name === name);
      expect(code).toBe(0);
      for (const flag of Object.keys(command?.load().flags ?? {})) expect(stdout).toContain(`--${flag}`);
      for (const flag of ['environment', 'region', 'json', 'help']) expect(stdout).toContain(`--${flag}`);
    },
  );

  it('fits a terminal', () => {
    const widest = COMMANDS.flatMap((command) => renderHelp(command).split('\n')).map(({ length }) => length);
    expect(Math.max(...widest)).toBeLessThanOrEqual(132);
  });

  it.each([
    ['frobnicate', 'There is no such command.'],
    ['U7: secrets setpu', 'There is no such command; there is secrets setup.'],
    ['U7: docter', 'There is no such command; there is doctor.'],
    ['U7: smoke', 'There is no such command; there is release smoke.'],
    ['U7: secrets setup --env-fil x', 'There is no option --env-fil; there is --env-file.'],
    ['secrets', 'Which one: secrets setup, secrets list, secrets check, secrets rotate?'],
    ['secrets setup --nonsense', 'There is no option --nonsense.'],
    ['secrets setup --env-file', '--env-file has no value, or one too many.'],
    ['secrets setup --dry-run=yes', '--dry-run has no value, or one too many.'],
    ['secrets list more', 'secrets list does not take so many arguments.'],
    [
      'secrets rotate',
      '<secret> must be one of daily-api-key, aws-credentials, start-api-key, server-api-key, admin-api-key, twilio-credentials, phone-stream-key, daily-pinless-hmac, phone-calls-key, call-records-key, call-events-key, agent-NAME.',
    ],
  ])('ends with 2 for "%s"', async (command, message) => {
    const { code, stdout, stderr } = await run(command.replace(/^U\d: /, ''));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('takes an option that may be said several times, in order', () => {
    const parsed = parse(['phone', 'call', '+14155550123', '--variable', 'a=1', '--variable', 'b=2'], COMMANDS);
    expect(parsed).toMatchObject({ kind: 'run', name: 'phone call' });
    if (parsed.kind !== 'run') return;
    expect(parsed.flags.texts('variable')).toEqual(['a=1', 'b=2']);
    expect(parsed.flags.texts('agent')).toEqual([]);
  });

  it('does not repeat an argument that may be a secret in the wrong place', async () => {
    const secret = 'a-key-that-was-pasted';
    for (const argv of [
      [secret],
      ['secrets', secret],
      ['secrets', 'list', secret],
      ['secrets', 'rotate', secret],
      ['secrets', 'list', `--${secret}=${secret}`],
    ]) {
      const { code, stderr } = await run(argv);
      expect(code).toBe(2);
      expect(stderr.replace(`--${secret}`, '')).not.toContain(secret);
    }
  });

  it('answers as JSON also when it was not understood', async () => {
    const { code, json, stderr } = await run('secrets setup --nonsense --json');
    expect([code, stderr]).toEqual([2, '']);
    expect(json).toMatchObject({ ok: false, exitCode: 2, error: { code: 'usage' } });
  });

  it('checks numbers', () => {
    const parsed = parse(['monitor', '--every', '0.5', '--minutes', 'ten'], COMMANDS);
    if (parsed.kind !== 'run') throw new Error('it is a command');
    expect(parsed.flags.number('every', 0, 10)).toBe(0.5);
    expect(() => parsed.flags.number('minutes', 1, 60)).toThrow('--minutes must be a number from 1 to 60.');
  });

  it('U4: is a line where the answers of the command are lines', async () => {
    const { code, stdout } = await run('deploy --environment test --yes --nonsense --json');
    expect([code, stdout.match(/\n/g)?.length]).toEqual([2, 1]);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'end', ok: false, error: { code: 'usage' } });
  });

  it('U7: says of every mistake where the help is', async () => {
    const { stderr } = await run('deploy --environment test --yes --transport phone');
    expect(stderr).toContain('→ npm run ops -- deploy --help\n');
    expect((await run('deploy --yes --region eu-mars-1')).stderr).toContain('→ npm run ops -- deploy --help\n');
  });

  it.each(['secrets list', 'destroy --confirm tset', 'release plan foundation'])(
    'U7: %s of an environment without settings names the one that was meant, and what makes a new one',
    async (command) => {
      const project = new Project();
      const { code, stderr } = await ops(`${command} --environment tset`, { folder: project.folder });
      project.remove();
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining('there is no environments/tset.json; there is test\n'),
      ]);
      expect(stderr).toContain('For a new environment: npm run ops -- deploy --environment tset\n');
    },
  );

  it('U7: a path is no name of an environment', async () => {
    expect((await run('destroy --environment ../test --confirm ../test')).code).toBe(2);
  });

  it('names settings that are wrong, and where', async () => {
    const { code, stderr } = await run('secrets list --environment nowhere');
    expect(code).toBe(1);
    expect(stderr).toContain('secrets list failed:');
  });
});

describe('the page', () => {
  it('has a finding a line, its fix under it, and the sum at the end', () => {
    const page = renderPage('doctor · test', {
      sections: [
        { title: 'Empty', findings: [] },
        {
          title: 'Tools',
          findings: [
            { status: 'ok', subject: 'node', text: '22.0.0' },
            { status: 'failed', subject: 'terraform', text: 'is not there', fix: 'https://example.com' },
            { status: 'unknown', subject: 'role', text: 'one\ntwo' },
          ],
        },
      ],
    });
    expect(page.split('\n')).toEqual([
      'doctor · test',
      '',
      'Tools',
      '  ok       node: 22.0.0',
      '  FAILED   terraform: is not there',
      '           → https://example.com',
      '  unknown  role: one',
      '           two',
      '',
      '1 failure, 1 could not be looked at.',
      '',
    ]);
  });
});

describe('the redactor', () => {
  it('blanks a value out, whole, in JSON and in a URL, and leaves no tail of a longer one', () => {
    const redactor = new Redactor();
    redactor.hide('se"cret/val\nue');
    redactor.hide('prefix');
    redactor.hide('prefix-and-more');
    const text = `${JSON.stringify({ a: 'se"cret/val\nue' })} ${encodeURIComponent('se"cret/val\nue')} prefix-and-more prefix`;
    expect(redactor.clean(text)).toBe('{"a":"[secret]"} [secret] [secret] [secret]');
  });

  it('does not hide what is too short to be a secret', () => {
    const redactor = new Redactor();
    redactor.hide('a');
    expect(redactor.clean('a banana')).toBe('a banana');
  });
});

describe('P7: what came from outside', () => {
  it.each([
    ['a title that clears the screen', 'Busy\u001b[2J\u001b]0;owned\u0007', 'Busy\\u001b[2J\\u001b]0;owned\\u0007'],
    ['an 8-bit escape', '\u009b31m', '\\u009b31m'],
    ['a line that is written over', 'failed\rAll is well', 'failed\\u000dAll is well'],
    ['text that turns around', 'a\u202ecod.exe', 'a\\u202ecod.exe'],
  ])('reaches no terminal as a command: %s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('stays as it is where it is text, of any script', () => {
    const text = 'läuft\t→ 你好 🎧\nשלום';
    expect(printable(text)).toBe(text);
  });

  it('is the same in JSON', () => {
    const report = { text: 'x\u009b\u202e' };
    expect(JSON.parse(printable(JSON.stringify(report)))).toEqual(report);
  });

  it('is so in all that a command prints', async () => {
    const { stdout, stderr } = await ops(['calls', 'list', '--from', 'te\u001b[2Jst\u0007'], { folder: '/nowhere' });
    expect(stdout + stderr).toContain('te\\u001b[2Jst\\u0007');
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });
});
