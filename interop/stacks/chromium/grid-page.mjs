// A page that plays a scenario of the interop grid with the WebSocket of the browser that opens it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const SCENARIOS = readFileSync(new URL("scenarios.mjs", import.meta.url), "utf8");

/**
 * Serves the page at a free port of this machine. `address` is where; `done` resolves when the scenario is over, with what
 * went wrong, or nothing.
 * @param {string} url the server's address
 * @param {string} scenario its name
 */
export function serveGridPage(url, scenario) {
  const script = `(${play.toString()})(${JSON.stringify(url)}, ${JSON.stringify(scenario)})`;
  const page = `<!doctype html><meta charset="utf-8"><title>Play</title><script type="module">${script}</script>`;
  return new Promise((resolve) => {
    let finish;
    const done = new Promise((finished) => {
      finish = finished;
    });
    const server = createServer((request, response) => {
      if (request.method === "POST") {
        let complaint = "";
        request.setEncoding("utf8").on("data", (text) => (complaint += text));
        request.on("end", () => finish(complaint));
        response.end();
      } else if (request.url === "/scenarios.mjs") {
        response.setHeader("Content-Type", "text/javascript").end(SCENARIOS);
      } else {
        response.setHeader("Content-Type", "text/html").end(page);
      }
    });
    server.listen(0, "127.0.0.1", () => {
      resolve({ address: `http://127.0.0.1:${server.address().port}/`, done });
    });
  });
}

/** Runs in the browser. */
async function play(url, scenario) {
  const { scenarios } = await import("./scenarios.mjs");
  const body = await scenarios[scenario](url).then(
    () => "",
    ({ message }) => message,
  );
  await fetch("/", { method: "POST", body });
}
