import { loadConfig } from "../config/config.js";
import type { GivenTexts, Settings } from "./command.js";
import type { Options } from "./option.js";

/** The settings of the configuration that a command with these options takes: those for every target. */
export function sharedSettings(options: Options): (given: GivenTexts) => Promise<Settings> {
  return async (given) => {
    const config = await loadConfig(given.get("config")?.at(-1));
    return new Map([...(config?.shared ?? [])].filter(([name]) => Object.hasOwn(options, name)));
  };
}
