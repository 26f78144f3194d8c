import type { Command } from './cli/command';
import { bedrockCheck } from './bedrock/check';
import { dailyCheck } from './daily/check';
import { doctor } from './doctor/doctor';
import { monitor } from './monitor/monitor';
import { rehearse } from './rehearse/rehearse';
import { check } from './secrets/check';
import { list } from './secrets/list';
import { rotate } from './secrets/rotate';
import { setup } from './secrets/setup';

/** Every command, in the order in which a deployment needs them. */
export const COMMANDS: readonly Command[] = [
  doctor,
  setup,
  list,
  check,
  bedrockCheck,
  dailyCheck,
  rehearse,
  monitor,
  rotate,
];
