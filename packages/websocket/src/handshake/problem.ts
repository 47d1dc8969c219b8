import { REQUEST_PROBLEMS, type RequestProblemId } from "./request-problems.js";
import { RESPONSE_PROBLEMS, type ResponseProblemId } from "./response-problems.js";

/** Why an opening handshake failed: a closed set. */
export interface HandshakeProblem {
  /** Stable, and part of the public interface. */
  readonly id: HandshakeProblemId;
  /** The HTTP status that a server answers with, 400–599; undefined for what only a client can find. */
  readonly status: number | undefined;
  /** Such as "RFC 6455 §4.2.1"; empty where no rule was broken but a policy says no. */
  readonly section: string;
  /** One sentence: what was required. It repeats nothing that the peer sent, so it is safe to show anywhere. */
  readonly sentence: string;
}

/**
 * Why an opening handshake failed, as `problem` of an error says it. Stable; docs/websocket.md has one line on each.
 *
 * @example
 * ```ts
 * import { connect, createServer, WebSocketError, type HandshakeProblemId } from "@wireproof/websocket";
 *
 * const expected: HandshakeProblemId = "protocol-missing";
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * const options = { protocols: ["chat"] };
 * const error: unknown = await connect(`ws://127.0.0.1:${port}`, options).catch((reason: unknown) => reason);
 * console.assert(error instanceof WebSocketError && error.problem === expected);
 * ```
 */
export type HandshakeProblemId = RequestProblemId | ResponseProblemId;

/** What is the matter with a request or a response, by id. */
export const HANDSHAKE_PROBLEMS: Readonly<Record<HandshakeProblemId, HandshakeProblem>> = {
  ...REQUEST_PROBLEMS,
  ...RESPONSE_PROBLEMS,
};

/** Tells a problem from what was read. */
export function isProblem(read: object): read is HandshakeProblem {
  return "sentence" in read;
}
