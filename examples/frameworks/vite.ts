import { createServer } from "@wireproof/websocket";
import { type Plugin, createServer as createVite } from "vite";

/** By their sessions: in an application, those of its store. */
const users = new Map([["s3cret", "ada"]]);
const websocket = createServer<{ user: string }>({
  path: "/chat",
  upgrade({ headers }) {
    const [, session = ""] = /(?:^|; )session=(\w+)/.exec(headers.cookie ?? "") ?? [];
    const user = users.get(session);
    return user === undefined ? { status: 401 } : { data: { user } };
  },
  message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
});

/** Of vite.config.ts. The WebSocket of Vite itself stays as it is. */
const chat: Plugin = {
  name: "chat",
  configureServer({ httpServer }) {
    if (httpServer !== null) websocket.attach(httpServer);
  },
};

const vite = await createVite({
  configFile: false,
  appType: "custom",
  cacheDir: "node_modules/.vite-example",
  plugins: [chat],
  server: { port: Number(process.env["PORT"] ?? 3000), host: "127.0.0.1" },
});
await vite.listen();
