import { suite, test } from "node:test";
import type { TestContext } from "node:test";

/** One way to talk to a peer. */
export interface Way {
  readonly isSecure: boolean;
  /** Whether both sides are ready for permessage-deflate. */
  readonly isDeflating: boolean;
}

/** A suite with one test for each way: plain and TLS, without and, where the peer can, with compression. */
export function playMatrix(
  title: string,
  play: (way: Way, context: TestContext) => Promise<void>,
  options: { readonly skip?: string | false; readonly cannotDeflate?: boolean } = {},
): void {
  suite(title, { skip: options.skip ?? false }, () => {
    for (const isSecure of [false, true]) {
      for (const isDeflating of options.cannotDeflate === true ? [false] : [false, true]) {
        const name = `${isSecure ? "wss" : "ws"}, ${isDeflating ? "with" : "without"} compression`;
        test(name, { timeout: 600_000 }, (context) => play({ isSecure, isDeflating }, context));
      }
    }
  });
}
