// A page that walks through the cases of the tester with the WebSocket of the browser that opens it. A browser opens a
// WebSocket over HTTP/2 only where it has a connection already, so the page begins with a request for something else.
import { createServer } from "node:http";

/**
 * Serves the page at a free port of this machine. `address` is where, and `done` resolves when the page is through.
 * @param {string} url the tester's address
 * @param {string} agent the name to go by
 */
export function servePage(url, agent) {
  const script = `(${walk.toString()})(${JSON.stringify(url)}, ${JSON.stringify(agent)})`;
  const page = `<!doctype html><meta charset="utf-8"><title>Walk</title><script type="module">${script}</script>`;
  return new Promise((resolve) => {
    let finish;
    const done = new Promise((finished) => {
      finish = finished;
    });
    const server = createServer((request, response) => {
      if (request.method === "POST") finish();
      response.setHeader("Content-Type", "text/html").end(request.method === "POST" ? "" : page);
    });
    server.listen(0, "127.0.0.1", () => {
      resolve({ address: `http://127.0.0.1:${server.address().port}/`, done });
    });
  });
}

/** Runs in the browser. */
async function walk(url, agent) {
  const visit = (path, onMessage) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url + path);
      socket.binaryType = "arraybuffer";
      socket.addEventListener("message", ({ data }) => onMessage(data, socket));
      socket.addEventListener("close", resolve);
    });
  await fetch(url.replace("ws", "http"), { mode: "no-cors", credentials: "include" }).catch(() => undefined);
  let count = 0;
  await visit("/getCaseCount", (data) => {
    count = Number(data);
  });
  for (let number = 1; number <= count; number += 1) {
    await visit(`/runCase?case=${number}&agent=${agent}`, (data, socket) => socket.send(data));
  }
  await visit(`/updateReports?agent=${agent}`, () => undefined);
  await fetch("/", { method: "POST" });
}
