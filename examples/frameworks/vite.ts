import { createServer } from "@wireproof/websocket";
import { type Plugin, createServer as createVite } from "vite";

const websocket = createServer<{ user: string }>({
  path: "/chat",
  upgrade({ headers }) {
    const [, user] = /(?:^|; )user=(\w+)/.exec(headers.cookie ?? "") ?? [];
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
