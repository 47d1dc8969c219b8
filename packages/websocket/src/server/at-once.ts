import { invalidArgument } from "../errors.js";
import { isThenable } from "../session/calls.js";

/** The answer of an option that has to decide at once. A promise is none; throws for one, and hears it out. */
export function answeredAtOnce<Answer>(option: string, answer: Answer): Answer {
  if (!isThenable(answer)) return answer;
  // Nobody else would be told that it was rejected, which would end the process.
  Promise.resolve(answer).catch(() => {});
  throw invalidArgument(`${option} has to be decided at once: a promise is no answer.`);
}
