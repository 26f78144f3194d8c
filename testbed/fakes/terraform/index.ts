export { type EmittedStack, layOut, layOutWithLocalState, readStack, typesIn } from './emitted';
export { KEPT_TYPES } from './kept';
export { type AppliedChange, type ProviderServer, startProvider } from './provider-server';
export { RehearsalError, rehearse, type StackKind, STACKS } from './rehearsal';
export {
  ATTRIBUTE_GROUPS,
  type AttributeGroup,
  AWS_SCHEMA_FILE,
  awsSchemaOf,
  type BlockSchema,
  type CtyType,
  type NestedBlockSchema,
  type ProviderSchema,
  type SchemaExtract,
} from './schema';
export { AwsApi, coverage, DATA_SOURCES, EmulatedCloud, RESOURCES } from './resources';
export { terraform } from './terraform';
export { isInstalled, missing, TERRAFORM } from './tools';
export { isObject, type Value } from './values';
