import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BOT_PORT } from '../../../contract/http';
import { execForm, pairs, parseDockerfile } from '../../../scripts/image/dockerfile';
import { ignores } from '../../../scripts/image/ignore';
import { replay } from '../../../scripts/image/replay';
import { TARGETS } from '../../../scripts/image/targets';
import { HEALTH_CHECK } from '../../../stacks/constructs/container';
import { CONTAINER_USER } from '../../../stacks/names';

const source = readFileSync('Dockerfile', 'utf8');
const stages = parseDockerfile(source);
const runtime = stages.find(({ name }) => name === 'runtime')!;
const step = (name: string) => runtime.steps.filter((one) => one.name === name);

describe('the Dockerfile', () => {
  it('I6: builds on Node 26 and Debian trixie, pinned by digest, and the images on nothing', () => {
    const bases = [...new Set(stages.map(({ base }) => base).filter((base) => base.startsWith('node:')))];
    expect(bases).toEqual([expect.stringMatching(/^node:26\.\d+\.\d+-trixie-slim@sha256:[0-9a-f]{64}$/)]);
    expect(runtime.base).toBe('scratch');
    const label = Object.assign({}, ...step('LABEL').map((one) => pairs(one))) as Record<string, string>;
    expect(label['org.opencontainers.image.base.name']).toBe(`docker.io/library/${bases[0]!.split('@')[0]!}`);
  });

  it('I6: is made on the Node that people and CI are told of', () => {
    const major = readFileSync('.nvmrc', 'utf8').trim();
    expect(stages[0]!.base).toMatch(new RegExp(`^node:${major}\\.`));
    expect(readFileSync('.github/actions/setup/action.yml', 'utf8')).toContain(`default: '${major}'`);
  });

  it('I8: has a target for each transport, the one with the browser last: a build makes that by itself', () => {
    const targets = stages.filter(({ base }) => base === 'runtime').map(({ name }) => name);
    expect(targets).toEqual(TARGETS.map(({ name }) => name));
    expect(stages.at(-1)!.name).toBe('bot');
    const webrtc = stages.find(({ name }) => name === 'bot-webrtc')!;
    expect(webrtc.steps.find(({ name }) => name === 'ENV')!.text).toBe('TRANSPORT=webrtc');
  });

  it('installs exactly what the lock file says, and runs no script of a package', () => {
    const installs = stages.flatMap(({ steps }) => steps).filter(({ text }) => /\bnpm (ci|i|install)\b/.test(text));
    expect(installs.map(({ text }) => text)).toEqual(['npm ci --ignore-scripts', 'npm ci --omit=dev --ignore-scripts']);
    // D4: nor does an installation by hand.
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  it('runs as the numeric user, at the port and with the health check of the task definition', () => {
    expect(step('USER')[0]!.text).toBe(CONTAINER_USER);
    expect(step('EXPOSE')[0]!.text).toBe(String(BOT_PORT));
    const [, , check] = execForm(step('HEALTHCHECK')[0]!);
    expect(check).toBe(HEALTH_CHECK);
  });

  it('needs no shell: its entry is in the exec form, an init process before node', () => {
    expect([...execForm(step('ENTRYPOINT')[0]!), ...execForm(step('CMD')[0]!)]).toEqual([
      '/usr/bin/tini',
      '--',
      '/usr/local/bin/node',
      // I1, P14: SIGUSR1 opens no debugger to processes of the same user.
      '--disable-sigusr1',
      'dist/bot/main.js',
    ]);
  });

  it('says which release and which commit it is, and under which licence', () => {
    const given = { VERSION: '1.2.3', GIT_COMMIT: 'f'.repeat(40) };
    const labels = Object.assign({}, ...step('LABEL').map((one) => pairs(one, given))) as Record<string, string>;
    const { license } = JSON.parse(readFileSync('package.json', 'utf8')) as { license: string };
    expect(labels).toMatchObject({
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'f'.repeat(40),
      'org.opencontainers.image.licenses': license,
    });
  });

  it('holds no secret: no argument, variable or file of that name', () => {
    expect(source).not.toMatch(/(ARG|ENV)[^\n]*(KEY|SECRET|TOKEN|PASSWORD)/);
    expect(source).not.toMatch(/COPY[^\n]*\.env/);
  });
});

describe('the build stage', () => {
  it('gets every source file that the bot and its pages are made of', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'image-test-'));
    const metafile = path.join(folder, 'meta.json');
    try {
      const entries = [
        'bot/main.ts',
        'bot/transport/daily/page/main.ts',
        'client/main.ts',
        'ops/release/smoke-task.ts',
        'smoke/browser/harness-page.ts',
      ];
      const flags = ['--bundle', '--platform=node', '--packages=external', '--log-level=warning'];
      execFileSync('node_modules/.bin/esbuild', [...entries, ...flags, `--metafile=${metafile}`, `--outdir=${folder}`]);
      const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
      const copied = stages[0]!.steps.filter(({ name }) => name === 'COPY').flatMap(({ text }) => text.split(' '));
      const ignored = ignores(readFileSync('.dockerignore', 'utf8'));
      expect(Object.keys(inputs).length).toBeGreaterThan(100);
      expect(
        Object.keys(inputs).filter((file) => ignored(file) || !copied.some((room) => file.startsWith(`${room}/`))),
      ).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a Dockerfile that image:check does not understand', () => {
  it.each([
    ['an unknown instruction', 'FROM x AS y\nADD http://example.com/file /\n', 'Dockerfile:2: ADD'],
    ['a stage without a name', 'FROM x\n', 'Dockerfile:1: FROM'],
    ['an unfinished line', 'FROM x AS y\nRUN a \\\n', 'ends in the middle'],
  ])('is refused: %s', (_what, text, message) => {
    expect(() => parseDockerfile(text)).toThrow(message);
  });
});

describe('.dockerignore', () => {
  const ignored = ignores(readFileSync('.dockerignore', 'utf8'));

  const copied = stages
    .flatMap(({ steps }) => steps)
    .filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));

  it('lets in what the Dockerfile copies', () => {
    expect(copied.length).toBeGreaterThan(8);
    expect(copied.filter((file) => ignored(file))).toEqual([]);
    for (const file of ['bot/main.ts', 'client/styles/base.css', 'bot/notices/spoken/en/model-lost.opus']) {
      expect([file, ignored(file)]).toEqual([file, false]);
    }
  });

  it('lets in all that the bot and the page are built from, and the Dockerfile copies it', async () => {
    const { build } = await import('esbuild');
    const { metafile } = await build({
      entryPoints: [
        'bot/main.ts',
        'client/main.ts',
        'bot/transport/daily/page/main.ts',
        'ops/release/smoke-task.ts',
        'smoke/browser/harness-page.ts',
      ],
      bundle: true,
      outdir: 'unwritten',
      platform: 'node',
      packages: 'external',
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(100);
    // I3: what esbuild takes from the compiler's settings, strict mode among it, is the same in the image.
    expect([ignored('tsconfig.json'), copied.includes('tsconfig.json')]).toEqual([false, true]);
    expect(inputs.filter((file) => ignored(file) || !copied.some((one) => file.startsWith(`${one}/`)))).toEqual([]);
  });

  it.each([
    '.env',
    'bot/.env',
    'bot/.env.local',
    '.git/config',
    'node_modules/x/index.js',
    'environments/prod.json',
    'testbed/fakes/bedrock/tls/test-only.key.pem',
    'bot/private.key',
    'cdktf.out/outputs.json',
    'release.out/test-service/plan.tfplan',
    'anything-new.txt',
  ])('keeps out %s', (file) => {
    expect(ignored(file)).toBe(true);
  });

  it('is read as Docker reads it', () => {
    const rules = ignores('*\n!docs\ndocs/*.tmp\n**/secret\n!docs/keep.tmp\na?c\n');
    const kept = (file: string): boolean => !rules(file);
    expect(['docs/a.md', 'docs/deep/b.tmp', 'docs/keep.tmp'].map(kept)).toEqual([true, true, true]);
    expect(['other', 'docs/a.tmp', 'docs/deep/secret', 'docs/secret/x', 'abc'].map(kept)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the replay', () => {
  it('copies and runs as written, with the arguments that are given', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'replay-test-'));
    try {
      const context = path.join(folder, 'context');
      mkdirSync(path.join(context, 'code'), { recursive: true });
      writeFileSync(path.join(context, 'code/a.js'), 'a');
      writeFileSync(path.join(context, 'code/b.log'), 'b');
      writeFileSync(path.join(context, 'package.json'), '{"scripts":{"make":"node -p process.env.WHO > made.txt"}}');
      writeFileSync(path.join(context, '.dockerignore'), '**/*.log\n');
      writeFileSync(
        path.join(context, 'Dockerfile'),
        'FROM x AS first\nWORKDIR /app\nCOPY package.json ./\nARG WHO=""\nRUN npm run make\n' +
          'FROM y:1 AS system\nRUN something-else\n' +
          'FROM scratch AS run\nWORKDIR /app\nUSER 5:5\nENV A=1 \\\n B="two words"\nENTRYPOINT ["/bin/x"]\nCMD ["y"]\n' +
          'FROM run AS last\nENV C=3\nCOPY --from=first /app/made.txt /app/\nCOPY code code\n',
      );
      const others: string[] = [];
      const images = replay({
        context,
        work: path.join(folder, 'work'),
        args: { WHO: 'somebody' },
        nodeFolder: path.dirname(process.execPath),
        makeBase: (base, root) => writeFileSync(path.join(root, 'base.txt'), base),
        runIn: (root, command) => others.push(command, readFileSync(path.join(root, 'base.txt'), 'utf8')),
        say: () => undefined,
      });
      expect([...images.keys()]).toEqual(['run', 'last']);
      const image = images.get('last')!;
      expect(readFileSync(path.join(image.root, 'app/made.txt'), 'utf8')).toBe('somebody\n');
      expect(existsSync(path.join(image.root, 'app/code/a.js'))).toBe(true);
      expect(existsSync(path.join(image.root, 'app/code/b.log'))).toBe(false);
      expect(others).toEqual(['cd / && something-else', 'y:1']);
      expect(image).toMatchObject({
        workdir: '/app',
        user: '5:5',
        env: { A: '1', B: 'two words', C: '3' },
        entrypoint: ['/bin/x'],
        command: ['y'],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('collect.sh', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'collect-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('brings a program with everything that it loads', () => {
    const root = path.join(folder, 'root');
    execFileSync('sh', ['scripts/image/collect.sh', root, process.execPath, '/etc/passwd']);
    expect(existsSync(path.join(root, process.execPath))).toBe(true);
    expect(existsSync(path.join(root, 'etc/passwd'))).toBe(true);
    const loaded = spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout;
    const libraries = [...loaded.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!);
    expect(libraries.length).toBeGreaterThan(3);
    for (const library of libraries) expect([library, existsSync(path.join(root, library))]).toEqual([library, true]);
  });

  it('fails for what is not there, rather than make an image that does not start', () => {
    const { status, stderr } = spawnSync('sh', ['scripts/image/collect.sh', path.join(folder, 'x'), '/no/such/file'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, '/no/such/file is not there\n']);
  });
});
