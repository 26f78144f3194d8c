import { reviewMarkdown, summaryOf } from '../../../ops/release/review-markdown';
import { changesAnything, reviewOf, type ShownPlan } from '../../../ops/release/review';

type ShownChange = NonNullable<ShownPlan['resource_changes']>[number];
const change = (address: string, actions: string[], more: Partial<ShownChange['change']> = {}): ShownChange => ({
  address,
  type: address.split('.')[0]!,
  change: { actions, before: {}, after: {}, ...more },
});
const SECRET = 'a-value-that-nobody-may-see';

describe('the review of a plan', () => {
  it('counts what would be done, and leaves out what would not', () => {
    const review = reviewOf({
      resource_changes: [
        change('aws_a.one', ['create']),
        change('aws_a.two', ['update']),
        change('aws_a.three', ['delete', 'create']),
        change('aws_a.four', ['delete']),
        change('aws_a.five', ['no-op']),
        change('data.aws_a.six', ['read']),
      ],
    });
    expect(summaryOf(review)).toBe('1 to add, 1 to change, 1 to replace, 1 to destroy');
    expect(changesAnything(review)).toBe(true);
    expect(changesAnything(reviewOf({ resource_changes: [change('aws_a.five', ['no-op'])] }))).toBe(false);
  });

  it('names the data that would be lost, by destroying and by replacing', () => {
    const review = reviewOf({
      resource_changes: [
        change('aws_s3_bucket.logs', ['delete']),
        change('aws_kms_key.key', ['create', 'delete']),
        change('aws_kms_key.new', ['create']),
        change('aws_ecs_service.service', ['delete']),
      ],
    });
    expect(review.dataLost).toEqual(['aws_s3_bucket.logs', 'aws_kms_key.key']);
    expect(reviewMarkdown('test-foundation', review)).toContain(
      '> **Data would be destroyed:** `aws_s3_bucket.logs`, `aws_kms_key.key`',
    );
  });

  it('shows short values before and after, and of the container its image', () => {
    const definition = (image: string): string => JSON.stringify([{ image, environment: [{ name: 'A', value: 'b' }] }]);
    const { changes } = reviewOf({
      resource_changes: [
        change('aws_ecs_task_definition.task', ['update'], {
          before: { cpu: '1024', container_definitions: definition('bot:1'), same: 1 },
          after: { cpu: '2048', container_definitions: definition('bot:2'), same: 1 },
          after_unknown: { arn: true },
        }),
      ],
    });
    expect(changes[0]!.attributes).toEqual([
      'arn: known after apply',
      'container_definitions: image bot:1 → bot:2',
      'cpu: "1024" → "2048"',
    ]);
  });

  it('never shows what terraform calls sensitive, what is called a secret, nor the inside of a document', () => {
    const review = reviewOf({
      resource_changes: [
        change('aws_x.y', ['update'], {
          before: { url: 'old', secret_string: 'old', policy: '{}', nested: {}, list: { inner: 'old' } },
          after: {
            url: SECRET,
            secret_string: SECRET,
            policy: `{"x":"${SECRET}"}`,
            nested: { x: SECRET },
            list: { inner: SECRET },
          },
          after_sensitive: { url: true, list: { inner: true } },
        }),
        change('aws_new.one', ['create'], { after: { anything: SECRET } }),
      ],
    });
    expect(JSON.stringify(review)).not.toContain(SECRET);
    expect(reviewMarkdown('s', review)).not.toContain(SECRET);
    expect(review.changes[0]!.attributes).toEqual([
      'list (not shown)',
      'nested',
      'policy',
      'secret_string (not shown)',
      'url (not shown)',
    ]);
  });

  it('stays readable and postable however much changes, whatever values say', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => change(`aws_a.number-${index}`, ['create']));
    const page = reviewMarkdown('test-service', reviewOf({ resource_changes: many }));
    expect(page.length).toBeLessThan(16_000);
    expect(page).toMatch(/… and \d+ more lines/);
    expect(page).toContain('<details>');
    const fence = change('aws_a.b', ['update'], { before: { x: 'a' }, after: { x: '```\n</details>' } });
    expect(reviewMarkdown('s', reviewOf({ resource_changes: [fence] })).match(/```/g)).toHaveLength(2);
  });

  it('says plainly that nothing changes', () => {
    expect(reviewMarkdown('test-service', reviewOf({}))).toBe('### `test-service`: no changes\n');
  });
});
