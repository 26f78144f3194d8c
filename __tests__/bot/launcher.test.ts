import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Script } from 'node:vm';

interface Launched {
  readonly script: Script;
  readonly stamp: string;
}

describe('the program that starts the built bot', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'launcher-'));
  const [main, bot, cache] = ['main.js', 'bot.js', 'bot.js.cache'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const ran = path.join(folder, 'ran');
  /** A bot that writes which one it is, from the folder it is in. */
  const build = (stamp: string, name: string): void =>
    writeFileSync(
      bot,
      `/* ${stamp} */\n(function (exports, require, module, __filename, __dirname) {
         require('fs').writeFileSync(__dirname + '/ran', '${name}');
       })`,
    );
  const launch = (): Launched & { readonly ran: string } => {
    let launched: Launched | undefined;
    jest.isolateModules(() => (launched = jest.requireActual<Launched>(main)));
    return { ...launched!, ran: readFileSync(ran, 'utf8') };
  };
  const keep = ({ script, stamp }: Launched): void =>
    writeFileSync(cache, Buffer.concat([script.createCachedData(), Buffer.from(stamp)]));

  beforeAll(() => copyFileSync(path.join(__dirname, '../../bot/launcher.cjs'), main));
  beforeEach(() => {
    rmSync(cache, { force: true });
    build('1111', 'first');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('runs it without a code cache, and with one that V8 takes', () => {
    const plain = launch();
    expect(plain.ran).toBe('first');
    expect(plain.script.cachedDataRejected).toBeUndefined();
    keep(plain);
    writeFileSync(ran, '');
    const cached = launch();
    expect(cached.ran).toBe('first');
    expect(cached.script.cachedDataRejected).toBe(false);
  });

  it('does not run the code of another build, though it is as long', () => {
    keep(launch());
    build('2222', 'other');
    const { ran: which, script } = launch();
    expect(which).toBe('other');
    expect(script.cachedDataRejected).toBeUndefined();
  });

  it('warns of a slow start where V8 does not take the code, and starts', () => {
    keep(launch());
    build('1111', 'one that is longer');
    const { stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    expect(stderr).toMatch(/SlowStart: V8 refused bot\.js\.cache/);
    expect(readFileSync(ran, 'utf8')).toBe('one that is longer');
  });

  it.each([
    ['another Node', ({ stamp }: Launched) => stamp.replace(process.version, 'v1.2.3')],
    ['another processor', ({ stamp }: Launched) => stamp.replace(process.arch, 'vax')],
    ['nothing', () => ''],
  ])('compiles it where the cache is of %s', (_what, stamp) => {
    const launched = launch();
    keep({ ...launched, stamp: stamp(launched) });
    expect(launch().script.cachedDataRejected).toBeUndefined();
  });
});
