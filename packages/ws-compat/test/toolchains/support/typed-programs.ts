/** The programs of an application in TypeScript, with the forms of import that each module mode has. */
import { PRINT } from "./programs.js";

/** Makes a server and clients; classes, types and namespaces of `ws` are all used under both names that they have. */
const TYPED_EXCHANGE = `
  class Session extends WebSocket {
    readonly number: number = 7;
  }
  interface Alive extends WebSocket {
    isAlive?: boolean;
  }

  const options: ServerOptions<typeof Session> = { port: 0, host: "127.0.0.1", WebSocket: Session };
  const qualified: WebSocket.ServerOptions = { noServer: true };
  const idle: WebSocketServer = new WebSocket.Server(qualified);
  const unused: WebSocket.Server = idle;
  unused.close();
  // One declaration, whichever way leads to it: these have private members.
  const withConnection: (ws: WebSocket) => void = (ws) => ws.pause();
  const fromLibrary: (ws: FromLibrary) => void = withConnection;
  const toLibrary: typeof FromLibrary = WebSocket;
  const scopedClass: typeof WebSocket = Scoped;
  const direct: WebSocket.WebSocketServer = new Direct.WebSocketServer({ noServer: true });
  direct.close();
  for (const other of [toLibrary, scopedClass, Direct]) if (other !== WebSocket) throw new Error("two copies");
  void fromLibrary;

  function text(data: RawData): string {
    const same: WebSocket.RawData = data;
    if (Array.isArray(same)) return Buffer.concat(same).toString();
    return same instanceof ArrayBuffer ? Buffer.from(same).toString() : same.toString();
  }

  function exchange(): Promise<string> {
    return new Promise((resolve, reject) => {
      const seen: string[] = [];
      const wss = new WebSocketServer<typeof Session>(options, () => {
        const address = "ws://127.0.0.1:" + (wss.address() as AddressInfo).port;
        const ws: Alive = new WebSocket(address, "chat");
        ws.isAlive = ws.readyState === WebSocket.CONNECTING;
        ws.on("error", reject);
        ws.on("open", () => ws.send("hello", (error) => error && reject(error)));
        ws.on("message", (data, isBinary) => seen.push(text(data) + " " + isBinary));
        ws.on("close", (code, reason) => {
          seen.push(code.toFixed() + " " + reason.toString("utf8"));
          converse(address).then(() => resolve(seen.join(", ")), reject);
        });
      });
      wss.on("connection", (ws, request) => {
        if (request.url !== "/" || ws.number.toFixed() !== "7") reject(new Error("another class"));
        ws.on("message", (data) => {
          ws.send("echo " + text(data));
          ws.close(1000, "done");
        });
      });
      async function converse(address: string): Promise<void> {
        const ws = await connect(address);
        ws.send("again");
        for await (const message of ws) seen.push(typeof message === "string" ? message : "octets");
        wss.close();
      }
    });
  }
  ${PRINT}
`;

const ADDRESS = `import type { AddressInfo } from "node:net";`;
const MODERN = `import { connect } from "@wireproof/websocket";`;

/** For what becomes CommonJS, where the module is assigned. */
export const ASSIGNED: string = `
  import WebSocket = require("ws");
  import Scoped = require("@wireproof/ws");
  import Direct = require("@wireproof/websocket/ws");
  import Library = require("required");
  import FromLibrary = Library.WebSocket;
  import { WebSocketServer } from "ws";
  import type { RawData, ServerOptions } from "ws";
  ${ADDRESS}
  ${MODERN}
  ${TYPED_EXCHANGE}
`;

/** For what becomes either, with default imports: in CommonJS they need \`esModuleInterop\`. */
export const DEFAULTED: string = `
  import WebSocket, { WebSocketServer, type RawData, type ServerOptions } from "ws";
  import Scoped from "@wireproof/ws";
  import Direct from "@wireproof/websocket/ws";
  import { WebSocket as FromLibrary } from "required";
  ${ADDRESS}
  ${MODERN}
  ${TYPED_EXCHANGE}
`;

/** The same as an ES module, with another library. */
export const FROM_MODULES: string = DEFAULTED.replace(`from "required"`, `from "imported"`);

/** For CommonJS without \`esModuleInterop\`. */
export const STARRED: string = `
  import * as WebSocket from "ws";
  import * as Scoped from "@wireproof/ws";
  import * as Direct from "@wireproof/websocket/ws";
  import { WebSocket as FromLibrary } from "required";
  import { WebSocketServer, RawData, ServerOptions } from "ws";
  ${ADDRESS}
  ${MODERN}
  ${TYPED_EXCHANGE}
`;

/** JavaScript that the compiler looks at, as editors do. */
export const CHECKED: string = `
  const WebSocket = require("ws");
  const { WebSocketServer } = require("ws");

  /** @param {import("ws").RawData} data */
  const text = (data) => data.toString();
  const wss = new WebSocketServer({ noServer: true });
  wss.on("connection", (ws) => ws.on("message", (data) => ws.send(text(data))));
  /** @type {number} */
  const open = WebSocket.OPEN;
  // @ts-expect-error it is a number: the types were found
  open.toUpperCase;
`;
