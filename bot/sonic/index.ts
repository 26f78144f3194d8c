export { SonicClient } from './client';
export { SonicModel } from './model';
export { recordingSource, StreamRecorder } from './recording/recorder';
export { rotationRules } from './session/rotation';
export { NOBODY_LISTENS } from './speech-model';
export type {
  Hearing,
  ModelHealth,
  Rotation,
  SessionOptions,
  SpeechEvents,
  SpeechModel,
  SpeechSession,
  ToolRequest,
  UnheardSentence,
  Usage,
} from './speech-model';
