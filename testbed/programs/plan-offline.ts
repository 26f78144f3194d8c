import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  awsSchemaOf,
  isInstalled,
  missing,
  readStack,
  RehearsalError,
  rehearse,
  type StackKind,
  STACKS,
  startProvider,
  TERRAFORM,
  typesIn,
} from '../fakes/terraform';
/*
 * `npm run plan:offline -- <environment>`: real terraform on the emitted stacks, with no account and no network.
 */
const NOTICE = `
This is NO plan against AWS. Terraform is real, the provider is a stand-in that knows only schemas: names of attributes,
their types, what is required, blocks and references. It shows that the configuration is well-formed and wired together.
It does not know AWS's rules for values, defaults, quotas or permissions, nor what forces a replacement, and what data
sources answer is made up.
`;

async function main(environment: string | undefined): Promise<number> {
  if (environment === undefined || environment.startsWith('-')) {
    console.error('usage: npm run plan:offline -- <environment>    (a file in environments/, such as test)');
    return 2;
  }
  if (!isInstalled(TERRAFORM)) {
    console.error(missing(TERRAFORM));
    return 2;
  }
  const root = mkdtempSync(join(tmpdir(), 'plan-offline-'));
  const outdir = join(root, 'emitted');
  try {
    const synth = spawnSync(process.execPath, ['scripts/synth.mjs', environment], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, CDKTF_OUTDIR: outdir },
    });
    if (synth.status !== 0) return synth.status ?? 1;
    console.log(NOTICE);
    const stacks = Object.fromEntries(
      STACKS.map((kind) => [kind, readStack(outdir, `${environment}-${kind}`)]),
    ) as Record<StackKind, ReturnType<typeof readStack>>;
    const settings = JSON.parse(readFileSync(join('environments', `${environment}.json`), 'utf8')) as {
      protected?: boolean;
    };
    const provider = await startProvider({ schema: awsSchemaOf(typesIn(Object.values(stacks))) });
    try {
      await rehearse({
        environment,
        stacks,
        root: join(root, 'work'),
        provider,
        protected: settings.protected === true,
        say: (line) => console.log(line),
      });
    } finally {
      provider.close();
    }
    console.log(
      `\n${provider.applied()} changes applied to the stand-in. Once more: wiring only, no plan against AWS.`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main(process.argv[2]).then((status) => {
  process.exitCode = status;
});
