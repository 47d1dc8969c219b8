// Plays a scenario of the interop grid with the WebSocket of undici. It sends no fragments. Argument: the server's address.
import { channel } from "node:diagnostics_channel";
import process from "node:process";
import { ping, WebSocket } from "undici";
import { scenarios } from "./scenarios.mjs";

globalThis.WebSocket = class extends WebSocket {
  ping(payload) {
    ping(this, Buffer.from(payload));
  }
};
// The package tells of a Pong here only.
channel("undici:websocket:pong").subscribe(({ payload, websocket }) => {
  websocket.dispatchEvent(new MessageEvent("pong", { data: payload }));
});

const scenario = process.env.WIREPROOF_SCENARIO;
if (!Object.hasOwn(scenarios, scenario)) process.exit(127);
try {
  await scenarios[scenario](process.argv[2]);
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
