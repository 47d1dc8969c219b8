/** What was asked for cannot be done: bad arguments or an unusable file. The message is one sentence; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
