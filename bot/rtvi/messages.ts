/** The RTVI envelope, both directions. Source: RTVI protocol 2.1.0, https://docs.pipecat.ai/client/rtvi-standard */
export interface RtviMessage {
  readonly label: 'rtvi-ai';
  readonly type: string;
  readonly id?: string;
  readonly data?: unknown;
}
