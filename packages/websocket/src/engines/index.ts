/**
 * Engines, which join the topics of servers in several processes and on several machines. docs/engines.md is the guide.
 *
 * @packageDocumentation
 */
export { createEngine } from "./create-engine.js";
export type { CarrierEngine } from "./engine.js";
export type { Carrier, CarrierHost } from "./carrier.js";
export type { EngineCounters, EngineOptions, EngineState } from "./options.js";
export { redis } from "./redis.js";
export type { RedisOptions } from "./redis.js";
export type { RedisClient } from "./redis-link.js";
export { nats } from "./nats.js";
export type { NatsConnection, NatsOptions } from "./nats.js";
export { cluster } from "./cluster.js";
export { setupPrimary } from "./cluster-primary.js";
export type { ClusterPrimary, PrimaryOptions } from "./cluster-primary.js";
export { workerThreads } from "./worker-threads.js";
