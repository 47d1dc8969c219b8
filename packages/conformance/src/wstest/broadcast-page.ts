import type { WebHandler } from "../serve/web-server.js";

/** A page that joins the broadcast on this port of its own host, and shows all messages as text. */
export function broadcastPage(scheme: "ws" | "wss", port: number): WebHandler {
  const body = PAGE.replace("SCHEME", scheme).replace("PORT", String(port));
  return (_request, response, path) => {
    if (path !== "/") return false;
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": Buffer.byteLength(body),
      "Content-Security-Policy":
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src ws: wss:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-store",
    });
    response.end(body);
    return true;
  };
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Broadcast</title>
<style>
body { margin: 2rem auto; max-width: 40rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
form { display: flex; gap: 0.5rem; }
input { flex: 1; }
input, button { font: inherit; padding: 0.3rem 0.6rem; }
#log { white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<h1>Broadcast</h1>
<form><input id="text" aria-label="Message" autocomplete="off" required><button>Send to all</button></form>
<p id="state" role="status">Connecting …</p>
<div id="log" role="log"></div>
<script>
const state = document.getElementById("state");
const log = document.getElementById("log");
const text = document.getElementById("text");
const socket = new WebSocket("SCHEME://" + location.hostname + ":PORT/");
socket.onopen = () => { state.textContent = "Connected."; };
socket.onclose = () => { state.textContent = "The connection is closed."; };
socket.onmessage = ({ data }) => {
  const line = document.createElement("div");
  line.textContent = typeof data === "string" ? data : "(binary)";
  log.prepend(line);
  while (log.childElementCount > 200) log.lastChild.remove();
};
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  if (socket.readyState === WebSocket.OPEN) socket.send(text.value);
  text.value = "";
};
</script>
</html>
`;
