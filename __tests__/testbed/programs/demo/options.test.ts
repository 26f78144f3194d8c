import { introduction, parseOptions } from '../../../../testbed/programs/demo/options';

describe('npm run demo -- --agent NAME', () => {
  it('is for talking, and says so before anything takes time', () => {
    const options = parseOptions(['--agent', 'clinic']);
    if (options === 'help') throw new Error('no options');
    expect(options.agent).toBe('clinic');
    expect(introduction(options)).toBe(
      "agents/clinic answers on a page, by WebRTC; the model's local stand-in speaks for it.",
    );
    for (const other of ['--once', '--json']) {
      expect(() => parseOptions(['--agent', 'clinic', other])).toThrow('--agent is for talking');
    }
  });
});
