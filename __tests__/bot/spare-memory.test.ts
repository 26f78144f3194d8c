import { returnSpareMemory } from '../../bot/spare-memory';

it('what nothing refers to is collected, and the process goes on', async () => {
  const garbage = new WeakRef({ of: 'a start' });
  // Of this turn of the event loop V8 collects nothing that a WeakRef was made or read for.
  await new Promise(setImmediate);
  await returnSpareMemory();
  expect(garbage.deref()).toBeUndefined();
});
