import type { Tool } from '@aws-sdk/client-bedrock-runtime';

/** A tool as Converse takes it. @param schema JSON Schema of an object, in the plain types that models take */
export function toolOf(name: string, description: string, schema: object): Tool {
  // A copy: the SDK's type of a document is not read-only.
  return { toolSpec: { name, description, inputSchema: { json: JSON.parse(JSON.stringify(schema)) as never } } };
}
