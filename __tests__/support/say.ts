import { VoiceActivity } from '../../bot/audio/voice-activity';
import type { SpeechSession } from '../../bot/sonic/speech-model';

const voices = new WeakMap<SpeechSession, VoiceActivity>();

/** The caller's audio as a call hands it to its session: with what voice activity makes of it. */
export function say(session: SpeechSession, pcm16k: Int16Array): void {
  const voice = voices.get(session) ?? new VoiceActivity();
  voices.set(session, voice);
  voice.push(pcm16k);
  session.sendAudio(pcm16k, voice.state);
}
