/**
 * What is known of Amazon Nova Sonic's offer, as of October 2026: AWS's model card and Pipecat's `nova_sonic` service.
 * The lists may have grown since, so what is not in them is warned of and never refused.
 */

/** The model the bot speaks with unless told otherwise. */
export const DEFAULT_MODEL_ID = 'amazon.nova-2-sonic-v1:0';

/** Where Nova 2 Sonic is known to be offered. */
export const NOVA_2_SONIC_REGIONS: readonly string[] = ['us-east-1', 'us-west-2', 'ap-northeast-1'];

/** The voices of Nova 2 Sonic. */
export const NOVA_2_SONIC_VOICES: readonly string[] = [
  'amy',
  'ambre',
  'arjun',
  'beatrice',
  'carlos',
  'carolina',
  'florian',
  'kiara',
  'lennart',
  'leo',
  'lorenzo',
  'lupe',
  'matthew',
  'olivia',
  'tiffany',
  'tina',
];

/**
 * Dollars for a million tokens on demand, by model: the list prices of us-east-1 as published with the model
 * (https://aws.amazon.com/nova/pricing/). A list price changes without notice: MODEL_PRICES has the last word.
 */
export const MODEL_PRICES_USD: Readonly<
  Record<string, { inputSpeech: number; inputText: number; outputSpeech: number; outputText: number }>
> = {
  [DEFAULT_MODEL_ID]: { inputSpeech: 3, inputText: 0.33, outputSpeech: 12, outputText: 2.75 },
};

/** The first Nova Sonic: calls to it fail since its end of life on 14 September 2026. */
export const RETIRED_MODEL_ID = 'amazon.nova-sonic-v1:0';

/** Whether an id names a cross-region inference profile, which the bidirectional stream refuses. */
export function isCrossRegionProfile(modelId: string): boolean {
  return /^(us|eu|apac|jp|au|ca|global)\./.test(modelId);
}
