import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  awsSchemaOf,
  layOutWithLocalState,
  readStack,
  type StackKind,
  STACKS,
  startProvider,
  terraform,
  typesIn,
} from '../../fakes/terraform';

/** An offline plan as `terraform show -json` prints it. */
export interface Plan {
  readonly name: string;
  readonly file: string;
  readonly isProtected: boolean;
}

/**
 * Plans every stack of an environment offline, in order, because a stack's look-ups read what the one before applied.
 * @throws Error with terraform's or the synth's own words
 */
export async function planOffline(environment: string, isProtected: boolean, root: string): Promise<Plan[]> {
  const outdir = join(root, 'emitted', environment);
  const synth = spawnSync(process.execPath, ['scripts/synth.mjs', environment], {
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  if (synth.status !== 0) throw new Error(synth.stderr);
  const stacks = Object.fromEntries(
    STACKS.map((kind) => [kind, readStack(outdir, `${environment}-${kind}`)]),
  ) as Record<StackKind, ReturnType<typeof readStack>>;
  const provider = await startProvider({ schema: awsSchemaOf(typesIn(Object.values(stacks))) });
  const plans: Plan[] = [];
  try {
    for (const kind of STACKS) {
      const name = `${environment}-${kind}`;
      layOutWithLocalState(stacks[kind], join(root, 'work'), name);
      const run = async (...args: readonly string[]): Promise<string> => {
        const options = { folder: join(root, 'work', name), reattach: provider.reattach };
        const { status, output } = await terraform(options, ...args);
        if (status !== 0) throw new Error(`terraform ${args[0] ?? ''} of ${name}:\n${output}`);
        return output;
      };
      await run('init');
      await run('plan', '-out=plan');
      const file = join(root, `${name}.json`);
      const shown = await run('show', '-json', 'plan');
      writeFileSync(file, shown.slice(shown.indexOf('{')));
      plans.push({ name, file, isProtected });
      await run('apply', 'plan');
    }
  } finally {
    provider.close();
  }
  return plans;
}
