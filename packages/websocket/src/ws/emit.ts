import type { EventEmitter } from "node:events";

/**
 * Emits while reading, where nothing may be thrown. What a listener throws becomes an uncaught exception, as in `ws`,
 * but does not harm the connection.
 */
export function emitSafely(emitter: EventEmitter, event: string, ...args: readonly unknown[]): void {
  try {
    emitter.emit(event, ...args);
  } catch (error) {
    throwLater(error);
  }
}

/** The same for a method that the application may have overridden. */
export function callSafely(method: () => void): void {
  try {
    method();
  } catch (error) {
    throwLater(error);
  }
}

export function throwLater(error: unknown): void {
  process.nextTick(rethrow, error);
}

function rethrow(error: unknown): never {
  throw error;
}
