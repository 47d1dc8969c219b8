/**
 * Returns the previous object if the new one has the same values. So all connections of a server share one, although
 * the options may change at any time.
 */
export function sharing<Value extends object>(): (value: Value) => Value {
  let latest: Value | undefined;
  return (value) => {
    if (latest === undefined || !hasSameValues(latest, value)) latest = value;
    return latest;
  };
}

function hasSameValues<Value extends object>(one: Value, other: Value): boolean {
  for (const key in other) if (one[key] !== other[key]) return false;
  return true;
}
