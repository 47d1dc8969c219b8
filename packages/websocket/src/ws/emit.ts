import type { EventEmitter } from "node:events";

/**
 * Emits in the middle of reading, where nothing may be thrown. What a listener throws ends where it would have ended
 * in `ws`, as an uncaught exception, but the connection is none the worse for it.
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
