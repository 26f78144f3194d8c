const TestSequencer = require('@jest/test-sequencer').default;

/** The longest first, so that none of them is what all wait for at the end. Nobody has measured in a fresh clone. */
const FIRST = [/__tests__\/ops\/on-aws/, /__tests__\/e2e\//];

/** jest's own order (failed, slow and large files first) behind these. */
module.exports = class extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => FIRST.findIndex((first) => first.test(path)) + 1 || FIRST.length + 1;
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
