import { RTCPeerConnection, useOPUS, useVP8 } from 'werift';

/** A peer connection by werift, on loopback only. */
export function weriftPeer({ iceLite = false }: { readonly iceLite?: boolean } = {}): RTCPeerConnection {
  return new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceLite,
    bundlePolicy: 'max-bundle',
    codecs: { audio: [useOPUS()], video: [useVP8()] },
  });
}
