import { typesOfStacks } from '../../../../testbed/programs/providers-schema/extract';
import { schemaFromBindings } from '../../../../testbed/programs/providers-schema/from-bindings';
import { schemaFromTerraform } from '../../../../testbed/programs/providers-schema/from-terraform';
import { typesIn } from '../../../../testbed/fakes/terraform/emitted';
import { startProvider } from '../../../../testbed/fakes/terraform/provider-server';
import { awsSchema, awsSchemaOf } from '../../../../testbed/fakes/terraform/schema';
import { variants } from '../../../stacks/support/environments';
import { dig, sharedSynth } from '../../../stacks/support/synth';
import { describeWith } from './support';

const TYPES = {
  resources: [
    'aws_ecs_service',
    'aws_lb',
    'aws_default_security_group',
    'aws_acm_certificate',
    'aws_wafv2_web_acl',
    'aws_iam_role_policy',
  ],
  dataSources: ['aws_availability_zones'],
};

describe('the extract of the schema of the AWS provider', () => {
  const { names, stack } = sharedSynth(variants());
  const stacks = names.map((name) => stack(name).json);

  it('has every type that is emitted, and no type that no stack imports', () => {
    const emitted = typesIn(stacks as never);
    expect(emitted.resources.size).toBeGreaterThan(50);
    const { resources, dataSources } = awsSchema();
    expect(Object.keys(resources)).toEqual(expect.arrayContaining([...emitted.resources]));
    expect(Object.keys(dataSources)).toEqual(expect.arrayContaining([...emitted.dataSources]));
    expect({ resources: Object.keys(resources), dataSources: Object.keys(dataSources) }).toEqual(typesOfStacks());
  });

  it('is of the version that is pinned, and of the one that the stacks ask terraform for', () => {
    const { devDependencies } = jest.requireActual<{ devDependencies: Record<string, string> }>(
      '../../../../package.json',
    );
    expect(awsSchema().bindings).toBe(devDependencies['@cdktf/provider-aws']);
    for (const one of stacks) {
      expect(dig(one, 'terraform', 'required_providers', 'aws', 'version')).toBe(awsSchema().version);
    }
  });

  it('is not invented: a type that it does not have is an error that says what to do', () => {
    const ask = () => awsSchemaOf({ resources: ['aws_no_such_thing'], dataSources: [] });
    expect(ask).toThrow('aws-schema.json has no aws_no_such_thing: run `npm run providers:schema`');
  });
});

describe.each([
  ['as committed', awsSchemaOf],
  ['recovered from the installed bindings', schemaFromBindings],
])('schemas %s', (_where, schemaOf) => {
  const { provider, resources, dataSources } = schemaOf(TYPES);
  const { aws_ecs_service: service, aws_lb: loadBalancer, aws_default_security_group: group } = resources;

  it('know what is required, optional and computed', () => {
    expect(service?.required).toEqual({ name: 'string' });
    expect(loadBalancer?.computed).toMatchObject({ arn_suffix: 'string' });
    expect(loadBalancer?.optional).not.toHaveProperty('arn_suffix');
    expect(resources['aws_iam_role_policy']?.optionalComputed).toMatchObject({ name: 'string' });
  });

  it('know types, also of what cannot be set', () => {
    expect(service?.optional?.['desired_count']).toBe('number');
    expect(loadBalancer?.optionalComputed?.['subnets']).toEqual(['set', 'string']);
    expect(loadBalancer?.optional?.['tags']).toEqual(['map', 'string']);
    expect(dataSources['aws_availability_zones']?.computed?.['names']).toEqual(['list', 'string']);
    expect(resources['aws_acm_certificate']?.computed?.['domain_validation_options']).toEqual([
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
    expect(service?.blocks?.['network_configuration']).toMatchObject({ nesting: 'list', max: 1 });
    expect(service?.blocks?.['load_balancer']).toMatchObject({ nesting: 'set' });
    expect(service?.blocks?.['load_balancer']).not.toHaveProperty('max');
    expect(loadBalancer?.blocks?.['timeouts']).toMatchObject({ nesting: 'single' });
    expect(group?.blocks).toBeUndefined();
    expect(group?.optionalComputed?.['ingress']).toMatchObject(['set', ['object', { from_port: 'number' }]]);
  });

  it('know what a block needs inside', () => {
    const breaker = service?.blocks?.['deployment_circuit_breaker']?.block;
    expect(breaker?.required).toMatchObject({ rollback: 'bool' });
  });

  it('leave open what contains itself, in a list because terraform allows it in no set', () => {
    const rule = resources['aws_wafv2_web_acl']?.blocks?.['rule'];
    expect(rule?.nesting).toBe('list');
    expect({ ...rule?.block.required, ...rule?.block.optional }['statement']).toBe('dynamic');
  });

  it('include the provider itself', () => {
    expect(provider.optional?.['allowed_account_ids']).toEqual(['set', 'string']);
    expect(provider.blocks?.['default_tags']?.block).toEqual({ optional: { tags: ['map', 'string'] } });
  });
});

describe('the bindings', () => {
  it('are not read with a guess: a type that they do not have is an error', () => {
    expect(() => schemaFromBindings({ resources: ['aws_no_such_thing'], dataSources: [] })).toThrow('no-such-thing');
  });
});

describeWith('terraform')('terraform', () => {
  it('says the same of a provider that answers by the extract', async () => {
    const { provider, resources, dataSources } = awsSchema();
    const server = await startProvider({ schema: { provider, resources, dataSources } });
    try {
      const asked = schemaFromTerraform(typesOfStacks(), awsSchema().version, server.reattach);
      expect(await asked).toEqual({ provider, resources, dataSources });
    } finally {
      server.close();
    }
  });

  it('leaves open what contains itself, and knows no other types', async () => {
    const inner = { nesting: 'list', block: { optional: { text: 'string' } } } as const;
    const endless = { nesting: 'list', min: 1, block: { blocks: { not: { nesting: 'list', block: { blocks: { statement: inner } } } } } } as const; // prettier-ignore
    const rule = { nesting: 'set', block: { optional: { name: 'string' }, blocks: { statement: endless } } } as const;
    const server = await startProvider({ schema: { provider: {}, resources: { aws_acl: { blocks: { rule } } }, dataSources: {} } }); // prettier-ignore
    try {
      const ask = (type: string) =>
        schemaFromTerraform({ resources: [type], dataSources: [] }, '1.0.0', server.reattach);
      expect((await ask('aws_acl')).resources['aws_acl']).toEqual({
        blocks: {
          rule: { nesting: 'list', block: { required: { statement: 'dynamic' }, optional: { name: 'string' } } },
        },
      });
      await expect(ask('aws_other')).rejects.toThrow('hashicorp/aws 1.0.0 has no aws_other');
    } finally {
      server.close();
    }
  });
});
