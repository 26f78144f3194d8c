export type { CallDeps } from './call-deps';
export { CallManager } from './call-manager';
export type { CallService, Calls, CallsStatus, Lines } from './calls';
export { Overload } from './overload';
export { TaskAdmission } from './task-admission';
export { UnansweredStarts } from './unanswered-starts';
export { WebRtcSignalling } from './webrtc-signalling';
