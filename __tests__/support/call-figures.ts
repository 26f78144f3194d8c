/** The summary of a call in which nothing happened. */
export const NOTHING_HAPPENED = {
  turns: 0,
  bargeIns: 0,
  glitches: 0,
  rotations: 0,
  reconnects: 0,
  toolCalls: 0,
  inputSpeechTokens: 0,
  inputTextTokens: 0,
  outputSpeechTokens: 0,
  outputTextTokens: 0,
};
