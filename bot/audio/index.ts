export { withGain } from './gain';
export { OggWriter, readOgg, writeOgg } from './ogg';
export { OPUS_HZ, opusHeaders, readOpusHeaders } from './opus-head';
export { bytesToPcm, MODEL_INPUT_HZ, MODEL_OUTPUT_HZ, msToSamples, pcmToBytes, rms, samplesToMs } from './pcm';
export { SampleQueue } from './sample-queue';
export { VoiceActivity, type VoiceState } from './voice-activity';
export { pcmOfWav, WAV_HEADER_BYTES, wavHeader, wavOf } from './wav';
