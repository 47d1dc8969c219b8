/**
 * A WebSocket client that connects again by itself, over `connect`. Bundlers for browsers find browser.ts instead, with the
 * same interface over the platform's WebSocket. docs/reconnecting.md is the guide.
 *
 * @packageDocumentation
 */
export { reconnecting } from "./reconnecting.js";
export type { ConnectSettings, ReconnectingOptions } from "./over-connect.js";
export * from "./exports.js";
