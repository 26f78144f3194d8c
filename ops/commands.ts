import type { Command } from './cli/command';
import { list } from './secrets/list';
import { setup } from './secrets/setup';

/** Every command, in the order in which a deployment needs them. */
export const COMMANDS: readonly Command[] = [setup, list];
