import { readFileSync, writeFileSync } from 'node:fs';
import { AWS_SCHEMA_FILE, type SchemaExtract } from '../../fakes/terraform';
import { renderExtract, typesOfStacks } from './extract';
import { schemaFromBindings } from './from-bindings';
import { schemaFromTerraform } from './from-terraform';

/*
 * `npm run providers:schema`: writes the extract of the AWS provider's schema that terraform's stand-in provider answers
 * by, to be run when a stack uses a new type or @cdktf/provider-aws has a new version. The schema comes from the
 * provider itself where terraform can download it, else (or with --bindings) from the installed bindings.
 */
async function main(args: readonly string[]): Promise<void> {
  const { version: bindings, cdktf } = JSON.parse(
    readFileSync(require.resolve('@cdktf/provider-aws/package.json'), 'utf8'),
  ) as { version: string; cdktf: { provider: { version: string } } };
  const { version } = cdktf.provider;
  const types = typesOfStacks();
  const fromBindings = (): SchemaExtract => ({ version, bindings, source: 'bindings', ...schemaFromBindings(types) });
  const fromTerraform = async (): Promise<SchemaExtract> => {
    const schema = await schemaFromTerraform(types, version);
    return { version, bindings, source: 'terraform providers schema', ...schema };
  };
  const extract = args.includes('--bindings')
    ? fromBindings()
    : await fromTerraform().catch((error: unknown) => {
        console.error(`${String(error)}\nTaking the bindings instead.`);
        return fromBindings();
      });
  writeFileSync(AWS_SCHEMA_FILE, renderExtract(extract));
  console.log(`${AWS_SCHEMA_FILE}: hashicorp/aws ${version}, from ${extract.source}`);
}

void main(process.argv.slice(2));
