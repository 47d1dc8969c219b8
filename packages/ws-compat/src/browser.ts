/** What bundlers for browsers are given where the package is imported. */
import WebSocket from "./browser.cjs";

export {
  WebSocket,
  // oxlint-disable-next-line import/no-default-export -- what `import WebSocket from "ws"` means
  WebSocket as default,
};
