import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf, synth, temporaryFolder } from './support/synth';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('npm run synth', () => {
  it('emits three stacks for each environment, lists them, and emits the same again byte by byte', () => {
    const own = { test: settingsOf('test'), prod: settingsOf('prod') };
    const all = synth(join(folder.path, 'all'), own);
    expect(all.status).toBe(0);
    expect(all.stderr).not.toMatch(/bedrock\.|bot\.voice/);
    expect(all.names).toEqual([
      'prod-foundation',
      'prod-service',
      'prod-state',
      'test-foundation',
      'test-service',
      'test-state',
    ]);
    expect(all.stdout).toMatch(/^test-service +\d+ resources/m);
    const again = synth(join(folder.path, 'again'), own, { DEPLOY_ENVIRONMENT: 'test' });
    expect(again.names).toEqual(['test-foundation', 'test-service', 'test-state']);
    for (const name of again.names) {
      expect(readFileSync(again.stack(name).file, 'utf8')).toBe(readFileSync(all.stack(name).file, 'utf8'));
    }
  });

  it('stops at wrong settings with file, line, setting and rule, and emits nothing', () => {
    const result = synth(join(folder.path, 'wrong'), { test: { ...settingsOf('test'), task: { cpu: 1 } } });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(
      /^The settings are wrong:\n {2}\S+environments\/test\.json:\d+: task\.cpu: must be one of 256/,
    );
    expect(existsSync(join(result.outdir, 'stacks'))).toBe(false);
  });

  it('U7: refuses a second name, of which it would synthesise nothing', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/synth.mjs', 'test', 'prod'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('usage: npm run synth') as string]);
  });

  it('U7: takes the image that a pipeline has pushed, and warns of a region and a voice that the model is not known to have', () => {
    const environments = {
      test: { ...settingsOf('test'), bedrock: { region: 'eu-west-1' }, bot: { voice: 'someone' } },
    };
    const result = synth(join(folder.path, 'pushed'), environments, { DEPLOY_IMAGE_TAG: 'f00ba4' });
    expect(result.stack('test-service').container()['image']).toMatch(/:f00ba4$/);
    expect(result.stderr).toContain(
      "the model's region eu-west-1 is not known to offer amazon.nova-2-5-sonic: check, or set bedrock.region to one of us-east-1, us-west-2, eu-north-1, ap-northeast-1 (as read on 27 November 2026)",
    );
    expect(result.stderr).toContain(
      'bot.voice is not one of the voices known of Nova 2.5 Sonic (as read in October 2026',
    );
  });
});

describe('a synth that breaks a guardrail', () => {
  it('is refused, naming the resource and the rule, and emits nothing of that stack', () => {
    const outdir = join(folder.path, 'refused');
    const { status, stderr } = spawnSync(
      process.execPath,
      ['scripts/cdktf-app.mjs', join(__dirname, 'support', 'careless-app.ts')],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], CDKTF_OUTDIR: outdir } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      'aws_vpc_security_group_ingress_rule.careless-rule is open to everybody on something other than TCP 80 or 443 [open-ingress',
    );
    expect(existsSync(join(outdir, 'stacks', 'test-foundation', 'cdk.tf.json'))).toBe(false);
  });
});

describe("the stacks' source", () => {
  const sources = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      const inner = join(path, name);
      return statSync(inner).isDirectory() ? sources(inner) : [inner];
    });

  it('imports the provider by subpath, never its barrel, and nothing that the fork does not have', () => {
    const imports = [...sources('stacks'), 'main.ts'].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/from '([^'.][^']*)'/g)].map(([, name]) => name!),
    );
    const outside = [...new Set(imports)].filter(
      (name) => !name.startsWith('@cdktf/provider-aws/lib/') && !name.startsWith('node:'),
    );
    expect(outside.sort()).toEqual(['cdktf', 'constructs', 'jsonc-parser', 'zod']);
  });

  it("writes JSON without CDKTF's jsonencode, which leaves quotes unescaped", () => {
    for (const file of sources('stacks'))
      expect(readFileSync(file, 'utf8')).not.toMatch(/Fn\.(jsonencode|join|format)\(/);
  });
});
