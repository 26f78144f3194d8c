import { DEFAULT_MODEL_ID, type ModelPrices, offeredModel } from '../../../contract/models';

/** Tokens of each kind. */
export type Tokens = { -readonly [Kind in keyof ModelPrices]: number };

/** In US dollars at list prices; of a model that is not known, at the default one's. */
export function costOf(tokens: Tokens, modelId: string): number | undefined {
  const prices = (offeredModel(modelId) ?? offeredModel(DEFAULT_MODEL_ID))?.pricesUsd;
  if (prices === undefined) return undefined;
  const { inputSpeech, inputText, outputSpeech, outputText } = tokens;
  const millionths =
    inputSpeech * prices.inputSpeech +
    inputText * prices.inputText +
    outputSpeech * prices.outputSpeech +
    outputText * prices.outputText;
  return millionths / 1_000_000;
}
