/** What bundlers for browsers are given: there the platform has a WebSocket of its own. */
function WebSocket(): never {
  throw new Error("ws does not work in the browser. Browser clients must use the native WebSocket object");
}

export = WebSocket;
