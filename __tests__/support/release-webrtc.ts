import { cleanup } from 'node-datachannel';

/**
 * Ends libdatachannel's threads, which would keep the process from exiting. For the very end of a
 * test file: it closes every connection there is.
 * @throws Error after 10 s when a connection of this process was never closed
 */
export function releaseWebRtc(): void {
  cleanup();
}
