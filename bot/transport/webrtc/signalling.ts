/** What a Pipecat client posts to `/api/offer`. Source: pipecat's runner and small-webrtc-transport 1.10.8. */
export interface SdpOffer {
  readonly sdp: string;
  readonly type: 'offer';
  /** Names an existing connection to renegotiate or, with `restartPc`, to replace. */
  readonly pcId?: string;
  readonly restartPc?: boolean;
}

export interface SdpAnswer {
  readonly sdp: string;
  readonly type: 'answer';
  readonly pc_id: string;
}

/** A trickled candidate; an empty `candidate` means that there are no more. */
export interface IceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}
