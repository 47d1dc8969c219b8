import { plainText, single, type Option } from "./option.js";

/** `--config FILE`. */
export const configOption: Option<string | undefined> = {
  ...single(
    "FILE",
    "File of settings, JSON or a module. What is on the command line wins over it.",
    plainText,
  ),
  fallback: "wireproof.config.json or wireproof.config.mjs in the working folder, if there is one",
};
