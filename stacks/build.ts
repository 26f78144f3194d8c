import './util-is-array';
import { Aspects } from 'cdktf';
import type { Construct } from 'constructs';
import type { ServedAgent } from '../contract/agent';
import { modelDoubts } from '../contract/models';
import { FoundationStack } from './foundation';
import { Guardrails, TagEverything } from './guardrails';
import { bedrockRegion } from './names';
import { ServiceStack } from './service';
import type { Settings } from './settings';
import { StateStack } from './state';

/**
 * The three stacks of an environment, tagged and guarded.
 * @param agents those of the settings, as `agentsOf` loads them
 */
export function buildStacks(scope: Construct, settings: Settings, agents: readonly ServedAgent[]) {
  const state = new StateStack(scope, settings);
  const foundation = new FoundationStack(scope, settings, agents);
  const service = new ServiceStack(scope, settings, foundation);
  const { bedrock, bot } = settings;
  const chosen = { modelId: bedrock.modelIds[0] ?? '', region: bedrockRegion(settings), voiceId: bot.voice };
  const names = { modelId: 'bedrock.modelIds', region: 'bedrock.region', voiceId: 'bot.voice' };
  for (const doubt of modelDoubts(chosen, names)) service.warn(`${doubt}.`);
  for (const stack of [state, foundation, service]) {
    Aspects.of(stack).add(new TagEverything(stack.kind));
    Aspects.of(stack).add(new Guardrails(settings));
  }
  return { state, foundation, service };
}
