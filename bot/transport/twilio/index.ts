export { TWILIO_PATHS, TwilioAddresses } from './addresses';
export { TwilioLine } from './line';
export { TwilioRest } from './rest';
export { type FormFields, isSigned, signatureOf } from './signature';
export { Downsampler } from './resample';
export { type LineActions, TwilioTransport } from './transport';
export * as twiml from './twiml';
