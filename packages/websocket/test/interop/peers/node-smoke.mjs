/**
 * Runs the compiled endpoint, both sides, on the Node that this is started with: echoes over TCP and TLS, with and
 * without compression. Prints what it saw as one line of JSON. Arguments: the folder of the compiled sources, and
 * JSON with key and cert.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [folder, secrets] = process.argv.slice(2);
const { key, cert } = JSON.parse(secrets);
const { connect, createServer, readMode } = await import(pathToFileURL(`${folder}/index.js`).href);
const { settleReadMode } = await import(pathToFileURL(`${folder}/transport/static-read.js`).href);
// The self-test keeps no process alive.
const alive = setInterval(() => {}, 1000);
await settleReadMode();
clearInterval(alive);

const ways = [];
for (const tls of [undefined, { key, cert }]) {
  for (const compression of [false, { threshold: 0 }]) {
    const server = createServer({ tls, compression, message: (ws, data) => ws.send(data) });
    const { port } = await server.listen(0, "127.0.0.1");
    const scheme = tls === undefined ? "ws" : "wss";
    const ws = await connect(`${scheme}://127.0.0.1:${port}`, { compression, tls: { ca: cert } });
    const messages = ws[Symbol.asyncIterator]();
    const sizes = [0, 125, 126, 65_535, 65_536, 1_048_576];
    for (const size of sizes) {
      for (const message of ["ä".repeat(size / 2), Buffer.alloc(size, "compressible, or not?")]) {
        ws.send(message);
        const { value } = await messages.next();
        if (typeof message === "string") assert.equal(value === message, true, `text of ${size}`);
        else assert.equal(Buffer.compare(value, message), 0, `octets of ${size}`);
      }
    }
    ws.close(1000, "done");
    assert.equal((await messages.next()).done, true);
    await server.close();
    assert.equal(server.counters.closedCleanly, 1);
    assert.equal(server.counters.violations, 0);
    ways.push(`${scheme} ${ws.handshake.extensions.split(";")[0]}`);
  }
}
console.log(JSON.stringify({ version: process.version, ways, tcp: readMode("tcp"), tls: readMode("tls") }));
process.exit(0);
