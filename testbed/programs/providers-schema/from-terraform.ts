import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BlockSchema,
  type CtyType,
  type NestedBlockSchema,
  type ProviderSchema,
  terraform,
} from '../../fakes/terraform';
import { type Attribute, block, nestedBlock, type TypeNames } from './block';

const ADDRESS = 'registry.terraform.io/hashicorp/aws';

/** The parts of `terraform providers schema -json` that are read here. */
interface TerraformBlock {
  readonly attributes?: Readonly<Record<string, Partial<Attribute> & { readonly type: CtyType }>>;
  readonly block_types?: Readonly<Record<string, TerraformNestedBlock>>;
}
interface TerraformNestedBlock {
  readonly nesting_mode: NestedBlockSchema['nesting'];
  readonly block: TerraformBlock;
  readonly min_items?: number;
  readonly max_items?: number;
}
interface TerraformSchemas {
  readonly provider: { readonly block: TerraformBlock };
  readonly resource_schemas: Readonly<Record<string, { readonly block: TerraformBlock }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: TerraformBlock }>>;
}

const contains = ({ block_types: inner = {} }: TerraformBlock, name: string): boolean =>
  Object.entries(inner).some(([key, nested]) => key === name || contains(nested.block, name));

function convert({ attributes = {}, block_types: nested = {} }: TerraformBlock): BlockSchema {
  // The statements of a web ACL contain each other many levels deep; they are left open, as in the bindings.
  const isEndless = ([name, inner]: readonly [string, TerraformNestedBlock]) => contains(inner.block, name);
  const blocks = Object.entries(nested);
  return block(
    [
      ...Object.entries(attributes).map(([name, { type, required = false, optional = false, computed = false }]) => ({
        name,
        type,
        required,
        optional,
        computed,
      })),
      ...blocks.filter(isEndless).map(([name, { min_items: min = 0 }]) => {
        return { name, type: 'dynamic' as const, required: min > 0, optional: min === 0, computed: false };
      }),
    ],
    blocks
      .filter((one) => !isEndless(one))
      .map(([name, { nesting_mode: nesting, block: inner, min_items: min = 0, max_items: max = 0 }]) => [
        name,
        nestedBlock(convert(inner), nesting, min, max),
      ]),
  );
}

/**
 * Asks terraform, which asks the provider itself.
 * @param reattach a provider that runs already, instead of one to download
 * @throws Error when the provider cannot be had, or has no such type
 */
export async function schemaFromTerraform(
  { resources, dataSources }: TypeNames,
  version: string,
  reattach?: string,
): Promise<ProviderSchema> {
  const folder = mkdtempSync(join(tmpdir(), 'providers-schema-'));
  try {
    writeFileSync(
      join(folder, 'main.tf.json'),
      JSON.stringify({ terraform: { required_providers: { aws: { source: 'hashicorp/aws', version } } } }),
    );
    const run = async (...args: string[]): Promise<string> => {
      const { status, output } = await terraform({ folder, ...(reattach === undefined ? {} : { reattach }) }, ...args);
      if (status !== 0) throw new Error(`terraform ${args.join(' ')} failed:\n${output}`);
      return output;
    };
    await run('init');
    const { provider_schemas: all } = JSON.parse(await run('providers', 'schema', '-json')) as {
      provider_schemas: Readonly<Record<string, TerraformSchemas>>;
    };
    const schemas = all[ADDRESS];
    if (!schemas) throw new Error(`terraform knows no schema of ${ADDRESS}`);
    const pick = (from: TerraformSchemas['resource_schemas'], names: readonly string[]) =>
      Object.fromEntries(
        names.map((type) => {
          const found = from[type];
          if (!found) throw new Error(`hashicorp/aws ${version} has no ${type}`);
          return [type, convert(found.block)];
        }),
      );
    return {
      provider: convert(schemas.provider.block),
      resources: pick(schemas.resource_schemas, resources),
      dataSources: pick(schemas.data_source_schemas, dataSources),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
