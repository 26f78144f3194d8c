import type { Usage } from '../sonic';

/** What a model takes for a million tokens of each kind, in US dollars. */
export interface TokenPrices {
  readonly inputSpeech: number;
  readonly inputText: number;
  readonly outputSpeech: number;
  readonly outputText: number;
}

const PER = 1_000_000;

export const NO_USAGE: Usage = {
  inputSpeechTokens: 0,
  inputTextTokens: 0,
  outputSpeechTokens: 0,
  outputTextTokens: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputSpeechTokens: a.inputSpeechTokens + b.inputSpeechTokens,
    inputTextTokens: a.inputTextTokens + b.inputTextTokens,
    outputSpeechTokens: a.outputSpeechTokens + b.outputSpeechTokens,
    outputTextTokens: a.outputTextTokens + b.outputTextTokens,
  };
}

/** Of all kinds together. */
export function tokensOf(usage: Usage): number {
  return usage.inputSpeechTokens + usage.inputTextTokens + usage.outputSpeechTokens + usage.outputTextTokens;
}

/** In US dollars. The bill counts what the model reports; taxes, discounts and other services are not in it. */
export function costOf(usage: Usage, prices: TokenPrices): number {
  const { inputSpeechTokens, inputTextTokens, outputSpeechTokens, outputTextTokens } = usage;
  return (
    (inputSpeechTokens * prices.inputSpeech +
      inputTextTokens * prices.inputText +
      outputSpeechTokens * prices.outputSpeech +
      outputTextTokens * prices.outputText) /
    PER
  );
}
