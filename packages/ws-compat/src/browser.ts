/** What bundlers for browsers are given where the package is imported. */
// oxlint-disable-next-line import/default -- a default import finds what `export =` exports
import WebSocket from "./browser.cjs";

export {
  WebSocket,
  // oxlint-disable-next-line import/no-default-export -- what `import WebSocket from "ws"` means
  WebSocket as default,
};
