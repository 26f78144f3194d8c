import { createServer, type AddressInfo } from 'node:net';
import { OpsError } from '../cli/ops-error';

/**
 * A port of 127.0.0.1 that nobody listens on, so that what answers there is the bot that was started.
 * @param wanted this one, or any
 * @throws OpsError `usage` when somebody listens on the wanted one
 */
export function portFor(wanted: number | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => {
      const text = `Somebody listens on port ${wanted ?? 0} already.`;
      reject(new OpsError('usage', text, 'Leave --port out: then a free one is taken.'));
    });
    server.listen(wanted ?? 0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
