import { readConfig, type Config } from '../../bot/config';

/** A checked configuration as it is with nothing set but what is given: loopback only, a free port, silent logs. */
export function testConfig(env: NodeJS.ProcessEnv = {}): Config {
  return readConfig({
    HOST: '127.0.0.1',
    FAST_API_PORT: '0',
    TRANSPORT: 'webrtc',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    LOG_LEVEL: 'silent',
    START_RATE_PER_MINUTE: '100000',
    UNANSWERED_STARTS_PER_CALLER: '1000',
    ...env,
  });
}
