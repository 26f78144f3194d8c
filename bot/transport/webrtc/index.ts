export { WebRtcGateway } from './gateway';
export type { IceCandidate, SdpAnswer, SdpOffer } from './signalling';
