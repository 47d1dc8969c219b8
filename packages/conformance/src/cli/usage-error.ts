/** The arguments or a file cannot be used. The message is one sentence; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
