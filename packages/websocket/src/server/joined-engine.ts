import { isUtf8 } from "node:buffer";

import { invalidArgument } from "../errors.js";
import { warn } from "../session/calls.js";
import type { Engine } from "../session/engine.js";
import { PreparedMessage } from "../session/prepared.js";
import { Topics } from "../session/topics.js";

const METHODS = ["start", "subscribe", "unsubscribe", "publish", "count", "close"] as const;

/** The topics of a server, joined by `engine` to those of servers in other processes. */
export function joinedTopics(engine: Engine | undefined): Topics {
  if (engine === undefined) return new Topics();
  const isEngine = METHODS.every((name) => typeof (engine as Partial<Engine> | null)?.[name] === "function");
  if (!isEngine) throw invalidArgument("The option engine is an engine, such as one of the part engines.");
  // An engine of the application that throws must not end a connection half-way.
  const topics = new Topics({
    subscribe: (topic) => attempt(() => engine.subscribe(topic)),
    unsubscribe: (topic) => attempt(() => engine.unsubscribe(topic)),
    publish: (topic, octets, isText) => attempt(() => engine.publish(topic, octets, isText)),
  });
  engine.start({
    deliver(topic, octets, isText) {
      // RFC 6455 §8.1: what another process sends must not make this one send what is no text.
      if (isText && !isUtf8(octets)) return false;
      topics.deliver(topic, new PreparedMessage(octets, isText));
      return true;
    },
    count: (topic) => topics.count(topic),
  });
  return topics;
}

function attempt(call: () => void): void {
  try {
    call();
  } catch (error) {
    warn(error);
  }
}
