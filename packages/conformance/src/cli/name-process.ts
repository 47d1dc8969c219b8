import { writeFileSync } from "node:fs";

/**
 * Gives this process the name of the program instead of that of Node, so that `ps` and `pkill -f` find the program with
 * its arguments, and `killall` and `pgrep` find its name.
 */
export function nameProcess(name: string, args: readonly string[]): void {
  process.title = [name, ...args].join(" ");
  if (process.platform !== "linux") return;
  try {
    // The title has set it to its own first 15 octets, which contain arguments.
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Without /proc, the title is the name alone.
    process.title = name;
  }
}
