export { WebRtcGateway } from './gateway';
export { peerBehind } from './sdp';
export type { IceCandidate, SdpAnswer, SdpOffer } from './signalling';
