/** Something whose fields can be taken down and put back. */
export interface Remembered {
  /** Names of the fields that somebody sets; put back in this order. */
  readonly fields: readonly PropertyKey[];
}

/** What all fields of several were, by the name of each. */
export type Memento = ReadonlyMap<string, unknown>;

type Fields = Record<PropertyKey, unknown>;

/** What `parts` are now. Values are kept as they are: whoever changes one puts a new one in its place. */
export function takeDown(parts: Readonly<Record<string, Remembered>>): Memento {
  return new Map(
    Object.entries(parts).flatMap(([name, part]) =>
      part.fields.map((field) => [`${name}.${String(field)}`, (part as unknown as Fields)[field]] as const),
    ),
  );
}

/** Makes `parts` again what they were. */
export function putBack(parts: Readonly<Record<string, Remembered>>, memento: Memento): void {
  for (const [name, part] of Object.entries(parts)) {
    for (const field of part.fields) {
      (part as unknown as Fields)[field] = memento.get(`${name}.${String(field)}`);
    }
  }
}

/** Names of what is not the same in both. */
export function differences(before: Memento, after: Memento): readonly string[] {
  return [...after.keys()].filter((name) => !same(before.get(name), after.get(name)));
}

function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  // Lists of names and small records are made anew with each change.
  return (
    typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other)
  );
}
