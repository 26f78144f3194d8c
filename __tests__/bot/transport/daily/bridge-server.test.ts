import { BridgeServer } from '../../../../bot/transport/daily/bridge/server';

describe("P15: the page of Daily's calls", () => {
  it.each([
    [undefined, []],
    ['http://127.0.0.1:9/daily', ['http://127.0.0.1:9', 'ws://127.0.0.1:9']],
  ])('may load its own scripts and the call machine, and nothing else (from %s)', async (bundleUrl, own) => {
    const bridge = await BridgeServer.start({ page: '', worklet: '' }, bundleUrl);
    const { headers } = await fetch(bridge.pageUrl);
    await bridge.close();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' https:\/\/\*\.daily\.co /);
    for (const source of own) expect(policy).toContain(` ${source}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|[ ]\*[ ;]| https?:[ ;]/);
  });
});
