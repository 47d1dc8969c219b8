/**
 * How much work a function does on texts and octets: characters looked at one by one, and the lengths of all texts
 * and octets that are cut, searched, matched or copied. Unlike a clock it says the same on every machine.
 */
export function countWork(work: () => void): number {
  let total = 0;
  const restore = [
    patch(String.prototype, "charCodeAt", () => (total += 1)),
    patch(String.prototype, "charAt", () => (total += 1)),
    patch(String.prototype, "slice", (_text, result) => (total += lengthOf(result))),
    ...(["split", "indexOf", "toLowerCase", "startsWith", "replace"] as const).map((name) =>
      patch(String.prototype, name, (text) => (total += lengthOf(text))),
    ),
    patch(RegExp.prototype, "exec", (_expression, _result, [text]) => (total += lengthOf(text))),
    patch(RegExp.prototype, "test", (_expression, _result, [text]) => (total += lengthOf(text))),
    patch(TYPED_ARRAY, "set", (_bytes, _result, [from]) => (total += lengthOf(from))),
  ];
  try {
    work();
  } finally {
    for (const undo of restore) undo();
  }
  return total;
}

type Method = (this: unknown, ...values: unknown[]) => unknown;

/** Calls `seen` after each call of a method; returns how to take that back. */
function patch(
  prototype: object,
  name: string,
  seen: (self: unknown, result: unknown, values: unknown[]) => void,
): () => void {
  const methods = prototype as Record<string, Method>;
  const original = methods[name] as Method;
  methods[name] = function patched(...values: unknown[]): unknown {
    const result = Reflect.apply(original, this, values);
    seen(this, result, values);
    return result;
  };
  return () => {
    methods[name] = original;
  };
}

function lengthOf(value: unknown): number {
  return (value as { readonly length: number }).length;
}

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;
