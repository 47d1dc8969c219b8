/** A spec file cannot be used. The message is one sentence without a full stop; exit code 2 of `wstest`. */
export class SpecError extends Error {
  override readonly name = "SpecError";
}
