/** The client of a runtime that has a global WebSocket: Bun, Deno, Node. Prints what it saw as one line of JSON. */
import process from "node:process";
import { playClient } from "./web-client.mjs";

const [url, ca] = process.argv.slice(2);
const protocols = ["other", "chat"];
const isBun = "Bun" in globalThis;
const make = (to) => new WebSocket(to, isBun && ca !== undefined ? { protocols, tls: { ca } } : protocols);
console.log(JSON.stringify(await playClient(make, url)));
process.exit(0);
