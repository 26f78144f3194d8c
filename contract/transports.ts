/** How a caller's audio comes in, and the variables that each way cannot do without. */
export const TRANSPORTS = {
  daily: { required: ['DAILY_API_KEY'] },
  webrtc: { required: [] },
} as const satisfies Record<string, { readonly required: readonly string[] }>;

export type TransportName = keyof typeof TRANSPORTS;

export const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];

/** What carries a call's audio: a transport, or a carrier of telephone calls beside it. */
export type CarriedBy = TransportName | 'twilio';
