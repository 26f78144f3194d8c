export { openPhone, type PhoneLimits } from './open-phone';
export { DialInDesk } from './dial-in-desk';
export { DialOutDesk } from './dial-out-desk';
export type { Decision, Place } from './front-desk';
export type { PhoneService } from './phone-service';
