import { type ApiDocument, at, isJson, type Json, listAt, textAt } from './document';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Something that an API can be asked. */
export interface Operation {
  /** Its `operationId`, or one made of method and path. */
  readonly id: string;
  readonly method: (typeof METHODS)[number];
  /** As in `/pets/{petId}`. */
  readonly path: string;
  /** Where it stands, for errors. */
  readonly where: string;
  readonly itself: Json;
  /** What holds for all operations of the path. */
  readonly ofPath: Json;
}

/** Every operation, in the document's order. */
export function operationsOf(document: ApiDocument): readonly Operation[] {
  const paths = at(document.root, 'paths');
  return Object.keys(isJson(paths) ? paths : {}).flatMap((path) => {
    const where = `paths.${path}`;
    const ofPath = document.resolve(at(paths, path), where).value;
    return METHODS.flatMap((method): Operation[] => {
      const itself = at(ofPath, method);
      if (!isJson(itself)) return [];
      const id =
        textAt(itself, 'operationId') ?? `${method}${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
      return [{ id, method, path, where: `${where}.${method}`, itself, ofPath }];
    });
  });
}

/** One line of plain text, of what somebody else has written at length. */
export function lineOf(text: string | undefined, most: number): string {
  const [sentence = ''] = (text ?? '')
    .replaceAll(/<[^>]*>/g, '')
    // oxlint-disable-next-line no-control-regex -- none of them is to be read
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/g, ' ')
    .trim()
    .split(/(?<=[.!?])\s/);
  return sentence.length > most ? `${sentence.slice(0, most - 1).trimEnd()}…` : sentence;
}

/** A name as the model may call it: `getPetById` → `get_pet_by_id`. */
export const nameOf = (id: string): string =>
  id
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, 64) || 'tool';

/** Parameters of an operation, its own before those of its path; one of the same name and place is the operation's. */
export function parametersOf(
  document: ApiDocument,
  { itself, ofPath, where }: Operation,
): readonly (readonly [Json, string])[] {
  const found = new Map<string, readonly [Json, string]>();
  for (const owner of [ofPath, itself]) {
    listAt(owner, 'parameters').forEach((one, index) => {
      const path = `${where}.parameters.${index}`;
      const { value } = document.resolve(one, path);
      found.set(`${textAt(value, 'in')} ${textAt(value, 'name')}`, [value, path]);
    });
  }
  return [...found.values()];
}
