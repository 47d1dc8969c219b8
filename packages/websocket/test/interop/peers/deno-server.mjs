/** Echo server on Deno.serve. Prints its port, and serves until standard input ends. */
import process from "node:process";

const { key, cert } = JSON.parse(process.argv[2]);
Deno.serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    ...(key === undefined ? {} : { key, cert }),
    onListen: ({ port }) => console.log(port),
  },
  (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "chat" });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      if (data === "!close") socket.close(4001, "bye ✓");
      else socket.send(data);
    });
    return response;
  },
);
for await (const _ of process.stdin);
process.exit(0);
