/** What bundlers for browsers are given: there the platform has a WebSocket of its own. */
export function WebSocket(): never {
  throw new Error("ws does not work in the browser. Browser clients must use the native WebSocket object");
}

export {
  // oxlint-disable-next-line import/no-default-export -- what `import WebSocket from "ws"` means
  WebSocket as default,
  WebSocket as "module.exports",
};
