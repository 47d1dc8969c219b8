/**
 * Makes a class what Web IDL wants it to be: its own name and tag, members that can be enumerated, and `length` without the
 * optional parameters.
 */
export function describe(
  Class: { readonly prototype: object },
  name: string,
  members: readonly string[],
  lengths: Readonly<Record<string, number>> = {},
): void {
  const { prototype } = Class;
  Object.defineProperty(Class, "name", { value: name, configurable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  for (const [method, length] of Object.entries(lengths))
    Object.defineProperty(Reflect.get(prototype, method), "length", { value: length, configurable: true });
}
