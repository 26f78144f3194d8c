import type { Person } from '../signals';

/** As in DailyTrackState. */
export type AudioState = 'off' | 'sendable' | 'loading' | 'playable';

/** A person as daily-js hands them to its users. */
export function participantOf(
  { sessionId, userId, userName, owner, joinedAtMs, audio }: Person,
  view: { local: boolean; audio: AudioState; subscribed: boolean },
): object {
  const off = { state: 'off', off: { byUser: true }, subscribed: false };
  return {
    session_id: sessionId,
    user_id: userId,
    user_name: userName,
    local: view.local,
    owner,
    joined_at: new Date(joinedAtMs),
    will_eject_at: new Date(0),
    record: false,
    audio,
    video: false,
    screen: false,
    networkThreshold: 'good',
    permissions: { hasPresence: true, canSend: true, canReceive: { base: true }, canAdmin: owner },
    tracks: {
      audio: {
        state: view.audio,
        subscribed: view.subscribed,
        ...(view.audio === 'off' ? { off: { byUser: true } } : {}),
      },
      video: off,
      screenAudio: off,
      screenVideo: off,
    },
  };
}
