import { recoverSchema } from '../../../../testbed/fakes/terraform/recover-schema';
import type { BlockSchema } from '../../../../testbed/fakes/terraform/schema';

const { provider, resources, dataSources } = recoverSchema({
  resources: [
    'aws_ecs_service',
    'aws_lb',
    'aws_default_security_group',
    'aws_acm_certificate',
    'aws_wafv2_web_acl',
    'aws_iam_role_policy',
  ],
  dataSources: ['aws_availability_zones'],
});
const attribute = (block: BlockSchema | undefined, name: string) => block?.attributes.find((one) => one.name === name);
const nested = (block: BlockSchema | undefined, name: string) => block?.blocks.find((one) => one.name === name);

describe('schemas recovered from the installed bindings', () => {
  it('know what is required, optional and computed', () => {
    expect(attribute(resources['aws_ecs_service'], 'name')).toEqual({
      name: 'name',
      type: 'string',
      required: true,
      optional: false,
      computed: false,
    });
    expect(attribute(resources['aws_lb'], 'arn_suffix')).toEqual({
      name: 'arn_suffix',
      type: 'string',
      required: false,
      optional: false,
      computed: true,
    });
    expect(attribute(resources['aws_iam_role_policy'], 'name')).toMatchObject({ optional: true, computed: true });
  });

  it('know types, also of what cannot be set', () => {
    expect(attribute(resources['aws_ecs_service'], 'desired_count')?.type).toBe('number');
    expect(attribute(resources['aws_lb'], 'subnets')?.type).toEqual(['set', 'string']);
    expect(attribute(resources['aws_lb'], 'tags')?.type).toEqual(['map', 'string']);
    expect(attribute(dataSources['aws_availability_zones'], 'names')?.type).toEqual(['list', 'string']);
    expect(attribute(resources['aws_acm_certificate'], 'domain_validation_options')?.type).toEqual([
      'set',
      [
        'object',
        {
          domain_name: 'string',
          resource_record_name: 'string',
          resource_record_type: 'string',
          resource_record_value: 'string',
        },
      ],
    ]);
  });

  it('tell blocks from attributes that hold objects', () => {
    expect(nested(resources['aws_ecs_service'], 'network_configuration')).toMatchObject({
      nesting: 'list',
      maxItems: 1,
    });
    expect(nested(resources['aws_ecs_service'], 'load_balancer')).toMatchObject({ nesting: 'set', maxItems: 0 });
    expect(nested(resources['aws_lb'], 'timeouts')).toMatchObject({ nesting: 'single' });
    expect(nested(resources['aws_default_security_group'], 'ingress')).toBeUndefined();
    expect(attribute(resources['aws_default_security_group'], 'ingress')?.type).toMatchObject([
      'set',
      ['object', { from_port: 'number' }],
    ]);
  });

  it('know what a block needs inside', () => {
    const block = nested(resources['aws_ecs_service'], 'deployment_circuit_breaker')?.block;
    expect(attribute(block, 'rollback')).toMatchObject({ type: 'bool', required: true });
  });

  it('leave open what the bindings leave open, in a list because terraform allows it in no set', () => {
    const rule = nested(resources['aws_wafv2_web_acl'], 'rule');
    expect(rule?.nesting).toBe('list');
    expect(attribute(rule?.block, 'statement')?.type).toBe('dynamic');
  });

  it('include the provider itself', () => {
    expect(attribute(provider, 'allowed_account_ids')?.type).toEqual(['set', 'string']);
    expect(nested(provider, 'default_tags')?.block.attributes.map(({ name }) => name)).toEqual(['tags']);
  });

  it('are not invented: a type that the bindings do not have is an error', () => {
    expect(() => recoverSchema({ resources: ['aws_no_such_thing'], dataSources: [] })).toThrow('no-such-thing');
  });
});
