import { changesAnything, type Review } from '../../release/review';
import { summaryOf } from '../../release/review-markdown';
import { type ApproveState, StateBucket } from '../../state/state-bucket';
import { approved, type Deployment } from '../deployment';
import type { Step } from '../step';

/** Makes the bucket of Terraform's state, or brings it up to the settings. */
export function stateStep(deployment: Deployment): Step<'settings' | 'state'> {
  const { context, planOnly } = deployment;
  let bucket: StateBucket | undefined;
  let update: Review | undefined;
  const approve: ApproveState = async (page, review) => {
    await approved(deployment, 'state', { stack: `${context.environment}-state`, page, review });
    return true;
  };
  return {
    id: 'state',
    after: ['settings'],
    expects: "make the bucket that holds Terraform's state",
    look: async () => {
      bucket = new StateBucket(context);
      const { name } = bucket;
      const found = await bucket.look();
      if (found === 'absent') return { is: 'needed', text: `make the bucket ${name}` };
      if (found === 'unfinished') return { is: 'needed', text: `go on making the bucket ${name}` };
      update = await bucket.planUpdate(!planOnly);
      const isChanged = changesAnything(update);
      if (!isChanged || planOnly) bucket.tidy();
      if (isChanged) return { is: 'needed', text: `change the bucket ${name}: ${summaryOf(update)}`, hasOlder: true };
      return { is: 'done', text: `${name} holds the state` };
    },
    act: async () => {
      bucket ??= new StateBucket(context);
      await (update === undefined ? bucket.make(approve) : bucket.update(update, approve));
      return { changed: true, text: `${bucket.name} holds the state, its own included` };
    },
  };
}
