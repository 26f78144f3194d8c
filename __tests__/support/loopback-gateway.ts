import pino from 'pino';
import { systemClock } from '../../bot/time/clock';
import { Ticker } from '../../bot/time/ticker';
import { WebRtcGateway, type WebRtcGatewayOptions } from '../../bot/transport/webrtc/gateway';

/** A gateway that answers on loopback. */
export function loopbackGateway(options: Partial<WebRtcGatewayOptions> = {}): Promise<WebRtcGateway> {
  const { clock = systemClock } = options;
  return WebRtcGateway.create({
    iceServers: [],
    bindAddress: '127.0.0.1',
    clock,
    ticker: new Ticker({ periodMs: 20, clock, onListenerError: () => undefined }),
    logger: pino({ level: 'silent' }),
    ...options,
  });
}
