import { Aspects } from 'cdktf';
import type { Construct } from 'constructs';
import { DEFAULT_MODEL_ID, NOVA_2_SONIC_REGIONS } from '../contract/models';
import { FoundationStack } from './foundation';
import { Guardrails, TagEverything } from './guardrails';
import { bedrockRegion } from './names';
import { ServiceStack } from './service';
import type { Settings } from './settings';
import { StateStack } from './state';

/** The three stacks of an environment, tagged and guarded. */
export function buildStacks(scope: Construct, settings: Settings) {
  const state = new StateStack(scope, settings);
  const foundation = new FoundationStack(scope, settings);
  const service = new ServiceStack(scope, settings, foundation);
  const modelRegion = bedrockRegion(settings);
  if (settings.bedrock.modelIds[0] === DEFAULT_MODEL_ID && !NOVA_2_SONIC_REGIONS.includes(modelRegion)) {
    service.warn(`${DEFAULT_MODEL_ID} is not known to be offered in ${modelRegion}: check, or set bedrock.region.`);
  }
  for (const stack of [state, foundation, service]) {
    Aspects.of(stack).add(new TagEverything(stack.kind));
    Aspects.of(stack).add(new Guardrails(settings));
  }
  return { state, foundation, service };
}
