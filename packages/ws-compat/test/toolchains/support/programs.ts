/** The programs of an application, as they are written in each module format. */

/**
 * Libraries of the application: one is CommonJS, one an ES module, and both use the packages. An application that meets
 * another class than theirs has two copies.
 */
export const LIBRARIES: Readonly<Record<string, string>> = {
  "node_modules/required/package.json": `{ "name": "required", "version": "1.0.0", "main": "index.js" }`,
  "node_modules/required/index.js": `
    exports.WebSocket = require("ws");
    exports.connect = require("@wireproof/websocket").connect;
  `,
  "node_modules/required/index.d.ts": `
    import WebSocket = require("ws");
    export { WebSocket };
    export { connect } from "@wireproof/websocket";
  `,
  "node_modules/imported/package.json": `
    { "name": "imported", "version": "1.0.0", "type": "module", "exports": "./index.js" }
  `,
  "node_modules/imported/index.js": `
    export { WebSocket } from "ws";
    export { connect } from "@wireproof/websocket";
  `,
  "node_modules/imported/index.d.ts": `
    export { WebSocket } from "ws";
    export { connect } from "@wireproof/websocket";
  `,
};

/** Makes a server and clients, and resolves with what the clients saw. */
const EXCHANGE = `
  class Session extends WebSocket {}

  function exchange() {
    return new Promise((resolve, reject) => {
      const seen = [];
      const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", WebSocket: Session }, () => {
        const address = "ws://127.0.0.1:" + wss.address().port;
        const ws = new WebSocket(address, "chat");
        ws.on("error", reject);
        ws.on("open", () => ws.send("hello"));
        ws.on("message", (data, isBinary) => seen.push(data.toString() + " " + isBinary));
        ws.on("close", (code, reason) => {
          seen.push(code + " " + reason.toString());
          converse(address).then(() => resolve(seen.join(", ")), reject);
        });
      });
      wss.on("error", reject);
      wss.on("connection", (ws) => {
        if (!(ws instanceof Session)) reject(new Error("another class"));
        ws.on("message", (data) => {
          ws.send("echo " + data);
          ws.close(1000, "done");
        });
      });
      async function converse(address) {
        const ws = await connect(address);
        ws.send("again");
        for await (const message of ws) seen.push(message);
        wss.close();
      }
    });
  }
`;

/** What `exchange` resolves with. */
export const EXCHANGED = "echo hello false, 1000 done, echo again";

/** As CommonJS, without a word of how it is run. */
export const REQUIRING: string = `
  const WebSocket = require("ws");
  const { WebSocketServer } = require("ws");
  const scoped = require("@wireproof/ws");
  const { connect } = require("@wireproof/websocket");
  const required = require("required");
  if (scoped !== WebSocket || required.WebSocket !== WebSocket || required.connect !== connect)
    throw new Error("two copies");
  if (WebSocket.Server !== WebSocketServer) throw new Error("exports");
  ${EXCHANGE}
`;

/** As an ES module. */
export const IMPORTING: string = `
  import WebSocket, { Server, WebSocketServer, WebSocket as named } from "ws";
  import * as scoped from "@wireproof/ws";
  import { connect } from "@wireproof/websocket";
  import required from "required";
  import * as imported from "imported";
  for (const other of [named, scoped.default, scoped.WebSocket, required.WebSocket, imported.WebSocket])
    if (other !== WebSocket) throw new Error("two copies");
  if (required.connect !== connect || imported.connect !== connect) throw new Error("two copies");
  if (Server !== WebSocketServer || WebSocket.Server !== Server) throw new Error("exports");
  ${EXCHANGE}
`;

/** Behind one of the two: says what was seen, or exits 1. */
export const PRINT = `
  exchange().then(console.log, (error) => {
    console.error(error);
    process.exit(1);
  });
`;
