import { existsSync } from "node:fs";

/** How tests start Debian's Chromium: without what needs a desktop, a network of its own, or anything but root. */
export interface ChromiumLaunch {
  readonly executablePath: string;
  readonly args: readonly string[];
}

const EXECUTABLE = "/usr/bin/chromium";

export const CHROMIUM: ChromiumLaunch = {
  executablePath: EXECUTABLE,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Why tests with a browser cannot be run here; false if they can. */
export const NO_CHROMIUM: string | false = existsSync(EXECUTABLE)
  ? false
  : `no Chromium at ${EXECUTABLE}; Debian's package chromium brings it`;
