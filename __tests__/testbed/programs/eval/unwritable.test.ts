import { unwritable } from '../../../../testbed/programs/eval/unwritable';

it('a file that cannot be written is told before any call is held', () => {
  const none = { junit: undefined, results: undefined, summary: undefined };
  expect(unwritable(none)).toBeUndefined();
  expect(unwritable({ ...none, results: '/no/such/folder/r.jsonl' })).toMatch(
    /^--results: .*ENOENT.*\/no\/such\/folder/,
  );
});
