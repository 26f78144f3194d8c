export { loadWaitingSound, type NoticeAudio, SpokenNotices } from './notices';
export { encodeOpusFile } from './opus-file';
export { type NoticesOf, noticesOf } from './own-notices';
