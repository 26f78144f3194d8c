export { hears, sendsTo, writeAnswer } from './answer';
export { candidatesFor, isUsableCandidate, MAX_REMOTE_CANDIDATES } from './candidates';
export { isSameTransport } from './credentials';
export { type LocalTransport, NATIVE_VOICE_MID, OPUS_PROFILE, readNativeAnswer, toNativeOffer } from './native';
export { type OfferDescription, parseOffer, peerBehind, type VoiceOffer } from './offer';
