export { openPhone, type PhoneLimits } from './open-phone';
export type { Decision, Place } from './front-desk';
export type { PhoneService } from './phone-service';
