import type { ModelRecording } from '../../contract/model-recordings';

/** The head of a recording of a stream that was written by hand. */
export const WRITTEN_HEAD: ModelRecording['head'] = {
  format: 'nova-stream/1',
  source: 'written',
  model: 'amazon.nova-2-5-sonic',
  region: 'eu-north-1',
  recordedAt: '2026-11-27T00:00:00Z',
  bot: '',
  audio: 'length',
  texts: 'kept',
  redacted: [],
};
