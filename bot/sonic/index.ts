export { SonicClient } from './client';
export { SonicModel } from './model';
export { recordingSource, StreamRecorder } from './recording/recorder';
export { rotationRules } from './session/rotation';
export type {
  ModelHealth,
  Rotation,
  SessionOptions,
  SpeechEvents,
  SpeechModel,
  SpeechSession,
  ToolRequest,
  Usage,
} from './speech-model';
