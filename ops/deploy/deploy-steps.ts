import { StackWorkspace } from '../release/stack-workspace';
import type { Deployment, Handover } from './deployment';
import type { Step } from './step';
import { foundationStep } from './steps/foundation';
import { imageStep } from './steps/image';
import { secretsStep } from './steps/secrets';
import { serviceStep } from './steps/service';
import { settingsStep } from './steps/settings';
import { smokeStep } from './steps/smoke';
import { stateStep } from './steps/state';

/** A deployment from nothing to a call, in order. */
export function deploySteps(deployment: Deployment, handover: Handover): readonly Step[] {
  const service = new StackWorkspace(deployment.context, 'service');
  return [
    settingsStep(deployment),
    stateStep(deployment),
    foundationStep(deployment),
    secretsStep(deployment),
    imageStep(deployment, handover),
    serviceStep(deployment, service, handover),
    smokeStep(deployment, service, handover),
  ];
}
