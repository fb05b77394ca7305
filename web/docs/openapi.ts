/** The parts of OpenAPI 3.1 that the server uses. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Content {
  readonly [type: string]: { readonly schema?: Schema };
}

interface OpenApiOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

/** JSON Schema, as far as it is shown. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One thing that can be asked of the server. */
export interface Operation extends OpenApiOperation {
  readonly method: string;
  readonly path: string;
}

/** All operations, in the order of the description. */
export function operationsOf({ paths }: OpenApi): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
  );
}

/** A schema without reference, and its name where it has one; what is said at the reference comes before what is said at its target. */
export function resolved(schema: Schema, { components = {} }: Pick<OpenApi, 'components'>): Schema & { readonly name?: string } {
  const [only] = schema.allOf?.length === 1 ? schema.allOf : [];
  if (only !== undefined) return { ...resolved(only, { components }), ...without(schema, 'allOf') };
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.split('/').at(-1) ?? '';
  return { ...(components.schemas?.[name] ?? {}), ...without(schema, '$ref'), name };
}

function without(schema: Schema, key: 'allOf' | '$ref'): Schema {
  const { [key]: _, ...others } = schema;
  return others;
}

/** What a value is, in a few words, as `array of Entity` or `"flat" or "nested"`. */
export function kindOf(schema: Schema, api: Pick<OpenApi, 'components'>): string {
  const { name, type, items, anyOf, enum: choices } = resolved(schema, api);
  if (name !== undefined) return name;
  if (choices !== undefined) return choices.map((choice) => JSON.stringify(choice)).join(' or ');
  if (anyOf !== undefined) return anyOf.map((one) => kindOf(one, api)).join(' or ');
  if (type === 'array') return `array of ${items === undefined ? 'anything' : kindOf(items, api)}`;
  return type === undefined ? 'anything' : [type].flat().join(' or ');
}

/** A value that a schema has as its example, or one put together from those of what it is made of. */
export function exampleOf(schema: Schema, api: Pick<OpenApi, 'components'>): unknown {
  const { example, properties, required = [], items, anyOf, enum: choices, type, minimum } = resolved(schema, api);
  if (example !== undefined) return example;
  if (choices !== undefined) return choices[0];
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0], api);
  if (properties !== undefined) {
    const wanted = Object.entries(properties).filter(([name]) => required.includes(name));
    return Object.fromEntries(wanted.map(([name, property]) => [name, exampleOf(property, api)]));
  }
  if (type === 'array') return items === undefined ? [] : [exampleOf(items, api)];
  if (type === 'integer' || type === 'number') return minimum ?? 0;
  return type === 'boolean' ? false : 'text';
}
