import { invalidArgument } from "../errors.js";
import { isThenable } from "../session/calls.js";

/** The answer of an option that has to decide at once. Throws for a promise, and handles its rejection. */
export function answeredAtOnce<Answer>(option: string, answer: Answer): Answer {
  if (!isThenable(answer)) return answer;
  // A rejection that is not handled would end the process.
  Promise.resolve(answer).catch(() => {});
  throw invalidArgument(`${option} has to decide at once and must not return a promise.`);
}
