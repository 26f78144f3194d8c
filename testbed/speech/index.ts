export {
  align,
  alignSegments,
  dominantHz,
  firstSoundAfter,
  lastSound,
  lastSoundBeforeQuiet,
  likenessOf,
  longestGap,
  soundsIn,
  tone,
} from './audio-analysis';
export { concatenate } from './concatenate';
export { withNoise } from './noise';
export { RecordedSynthesiser } from './recorded-voice';
export { readRecording, recordingFile, type RecordingName } from './recordings';
export { resample } from './resample';
export { onTimeLine } from './time-line';
export { EspeakSynthesiser, SPEECH_HZ, type Synthesiser, ToneSynthesiser } from './synthesise';
export { afterSilence, decodeWav, encodeWav, readWav, type Wav, writeWav } from './wav';
