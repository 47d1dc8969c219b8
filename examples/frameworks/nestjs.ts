import "reflect-metadata";

import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { behind } from "@wireproof/adapters/middleware";
import { WireproofAdapter } from "@wireproof/adapters/nestjs";
import type { WebSocketConnection } from "@wireproof/websocket";
import type { Request } from "express";
import session from "express-session";

declare module "express-session" {
  interface SessionData {
    user: string;
  }
}

interface Session {
  user: string;
}

@WebSocketGateway({ path: "/chat" })
class Chat {
  @SubscribeMessage("say")
  say(@MessageBody() text: string, @ConnectedSocket() client: WebSocketConnection<Session>): object {
    return { event: "said", data: `${client.data.user}: ${text}` };
  }
}

@Module({ providers: [Chat] })
class AppModule {}

const sessions = session({ secret: "change me", resave: false, saveUninitialized: false });

const app = await NestFactory.create(AppModule, { logger: ["error"] });
app.use(sessions);
app.use("/login", (request: Request, response: { end(): void }) => {
  request.session.user = request.path.slice(1);
  response.end();
});
app.useWebSocketAdapter(
  new WireproofAdapter<Session>(app, {
    upgrade: behind(sessions, ({ session: { user } }: Request) =>
      user === undefined ? { status: 401 } : { data: { user } },
    ),
  }),
);
app.enableShutdownHooks();
await app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
