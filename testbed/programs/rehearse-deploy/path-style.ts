import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EmittedStack } from '../../fakes/terraform';

/**
 * The emulator's buckets are no host names. The backend is told so by TF_CLI_ARGS_init; what reads another stack's state
 * knows no such way but an override beside the stack, which terraform itself provides for.
 * @param releaseFolder where the stacks' folders are, or will be
 */
export function usePathStyle(releaseFolder: string, name: string, stack: Pick<EmittedStack, 'data'>): void {
  const remote = Object.entries(stack.data?.['terraform_remote_state'] ?? {}) as [string, { config: object }][];
  if (remote.length === 0) return;
  const states = remote.map(([id, { config }]) => [id, { config: { ...config, use_path_style: true } }]);
  const folder = path.join(releaseFolder, name);
  mkdirSync(folder, { recursive: true });
  const override = { data: { terraform_remote_state: Object.fromEntries(states) as object } };
  writeFileSync(path.join(folder, 'path_style_override.tf.json'), JSON.stringify(override));
}
