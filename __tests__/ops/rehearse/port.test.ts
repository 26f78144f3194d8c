import { createServer, type AddressInfo } from 'node:net';
import { portFor } from '../../../ops/rehearse/port';

describe('U5: the port of a rehearsal', () => {
  it('is one that nobody listens on, and a wanted one is refused where somebody does', async () => {
    const server = createServer();
    const taken = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    try {
      await expect(portFor(taken)).rejects.toMatchObject({
        code: 'usage',
        message: `Somebody listens on port ${taken} already.`,
      });
      const free = await portFor(undefined);
      expect(free).not.toBe(taken);
      await expect(portFor(free)).resolves.toBe(free);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
