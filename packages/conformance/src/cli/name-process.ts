import { writeFileSync } from "node:fs";

/**
 * Gives this process the name of the program, where lists of processes show that of Node: `ps` and `pkill -f` find the
 * program with its arguments, `killall` and `pgrep` find its name alone.
 */
export function nameProcess(name: string, args: readonly string[]): void {
  process.title = [name, ...args].join(" ");
  if (process.platform !== "linux") return;
  try {
    // The title has set it to its first 15 octets, in which the arguments are.
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Without /proc the name has to do.
    process.title = name;
  }
}
