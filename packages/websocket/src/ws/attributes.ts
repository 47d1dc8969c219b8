import { attribute, setAttribute } from "./event-target.js";
import type { Target } from "./event-target.js";
import { ReadyState } from "./ready-state.js";

/** Adds to a class what the browser's interface has beside methods: constants, and attributes such as `onopen`. */
export function defineAttributes(Class: { readonly prototype: Target }): void {
  const { prototype } = Class;
  for (const [name, value] of Object.entries(ReadyState)) {
    for (const holder of [Class, prototype]) Object.defineProperty(holder, name, { enumerable: true, value });
  }
  for (const name of ENUMERABLE) Object.defineProperty(prototype, name, { enumerable: true });
  for (const type of ["open", "error", "close", "message"]) {
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: Target) {
        return attribute(this, type);
      },
      set(this: Target, handler: unknown) {
        setAttribute(this, type, handler);
      },
    });
  }
}

const ENUMERABLE = [
  "binaryType",
  "bufferedAmount",
  "extensions",
  "isPaused",
  "protocol",
  "readyState",
  "url",
  "addEventListener",
  "removeEventListener",
] as const;
